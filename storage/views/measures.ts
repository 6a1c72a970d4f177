/** What the metrics say of runs and of credential resolves: bounded reads along the indexes of the newest ones. */
import type { RunStatus, ScanRun } from '../../domain/runs/types.ts';
import { CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';
import type { AuditDoc, Collections } from '../collections.ts';

const MOST_RUNS = 500;
/** A resolve leaves two: `attempted`, and how it ended. */
const MOST_RECORDS = 1_000;
const DAY_MS = 86_400_000;

const PROVIDERS: readonly unknown[] = CREDENTIAL_PROVIDERS;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
type ResolveOutcome = 'attempted' | 'granted' | 'refused';

export function measureViews({ scanRuns, audit }: Pick<Collections, 'scanRuns' | 'audit'>, now: () => Date) {
  const aDayAgo = (): Date => new Date(now().getTime() - DAY_MS);
  return {
    async recentRuns() {
      const rows = await scanRuns
        .find({ started_at: { $gte: aDayAgo() } }, { projection: { status: 1, category_results: 1 } })
        .sort({ started_at: -1, _id: -1 })
        .limit(MOST_RUNS)
        .toArray();
      const by_status: Partial<Record<RunStatus, number>> = {};
      const took = new Map<string, number[]>();
      for (const { status, category_results } of rows as readonly Pick<ScanRun, 'status' | 'category_results'>[]) {
        by_status[status] = (by_status[status] ?? 0) + 1;
        for (const [stage, { started_at, ended_at }] of Object.entries(category_results)) {
          // Connector categories are as many as connectors have; the platform's stages are a closed set.
          if (!stage.startsWith('__') || started_at === null || ended_at === null) continue;
          const list = took.get(stage) ?? [];
          list.push((Date.parse(ended_at) - Date.parse(started_at)) / 1_000);
          took.set(stage, list);
        }
      }
      const stages = [...took]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([stage, list]) => ({ stage, p50: quantile(list, 0.5), p95: quantile(list, 0.95) }));
      return { by_status, stages };
    },

    async recentResolves() {
      const rows = await audit
        .find(
          { action: 'credential.resolve', at: { $gte: aDayAgo() } },
          { projection: { outcome: 1, 'subject.provider': 1, 'subject.code': 1 } },
        )
        .sort({ at: -1, _id: -1 })
        .limit(MOST_RECORDS)
        .toArray();
      const counts = new Map<string, { provider: string; outcome: ResolveOutcome; code: string; count: number }>();
      for (const { outcome, subject } of rows as readonly Pick<AuditDoc, 'outcome' | 'subject'>[]) {
        if (outcome === 'done') continue;
        const { provider, code } = labelsOf(subject);
        const key = `${provider} ${outcome} ${code}`;
        const counted = counts.get(key) ?? { provider, outcome, code, count: 0 };
        counted.count += 1;
        counts.set(key, counted);
      }
      return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted);
    },
  };
}

/** Labels go to another system: only what is of our own vocabulary leaves. */
function labelsOf({ provider, code = '' }: AuditDoc['subject']): { readonly provider: string; readonly code: string } {
  return {
    provider: PROVIDERS.includes(provider) ? String(provider) : 'other',
    code: code === '' || (typeof code === 'string' && CODE.test(code)) ? code : 'OTHER',
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/** What the metrics say of runs: one bounded read along the index of newest runs. */
import type { RunStatus, ScanRun } from '../../domain/runs/types.ts';
import type { Collections } from '../collections.ts';

const MOST = 500;
const DAY_MS = 86_400_000;

export function measureViews({ scanRuns }: Pick<Collections, 'scanRuns'>, now: () => Date) {
  return {
    async recentRuns() {
      const since = new Date(now().getTime() - DAY_MS);
      const rows = await scanRuns
        .find({ started_at: { $gte: since } }, { projection: { status: 1, category_results: 1 } })
        .sort({ started_at: -1, _id: -1 })
        .limit(MOST)
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
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

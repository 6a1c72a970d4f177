/** Scans every demo scope once, side by side, and says how each ended. */
import type { Started } from '../../api/ports.ts';
import { ConflictError } from '../../domain/errors.ts';
import { runId, scopeId, tenantId } from '../../domain/ids.ts';
import type { CategoryResults, RunStatus } from '../../domain/runs/types.ts';
import type { FullRunControl } from '../compose/run-control.ts';
import type { Storage } from '../compose/storage.ts';
import type { Say } from '../services/say.ts';
import { DEMO_SCOPES, demoScopeId, type DemoScope } from './demo.ts';

export interface DemoRun {
  readonly run_id: string;
  readonly tenant: string;
  readonly scope: string;
  readonly connector: string;
  readonly status: RunStatus;
  readonly category_results: CategoryResults;
}

export interface DemoReport {
  readonly runs: readonly DemoRun[];
  readonly totals: {
    readonly entities: number;
    readonly findings: number;
    readonly execution_chains: number;
    readonly stitched_paths: number;
    readonly evidence_packs: number;
  };
}

export async function scanDemo(control: FullRunControl, storage: Storage, say: Say): Promise<{ report: DemoReport; asExpected: boolean }> {
  const runs = await Promise.all(DEMO_SCOPES.map((scope) => scanOne(control, storage, scope, say)));
  const asExpected = runs.every(({ run, scope }) => run.status === scope.expected);
  return { report: { runs: runs.map(({ run }) => run), totals: await totals(storage) }, asExpected };
}

async function scanOne(control: FullRunControl, storage: Storage, scope: DemoScope, say: Say): Promise<{ run: DemoRun; scope: DemoScope }> {
  const started = await startOrFollow(control, storage, scope);
  say(`scanning ${demoScopeId(scope)} (run ${started.run_id})`);
  await control.result(started);
  const run = await storage.runs.get(tenantId(scope.tenant), started.run_id);
  say(`${demoScopeId(scope)}: ${run.status}`);
  const { status, category_results } = run;
  return { scope, run: { run_id: run._id, tenant: scope.tenant, scope: run.scope_id, connector: run.connector, status, category_results } };
}

/** A run that the schedule of an earlier start began is as good as one of ours. */
async function startOrFollow(control: FullRunControl, storage: Storage, scope: DemoScope): Promise<Started> {
  const tenant_hint = tenantId(scope.tenant);
  try {
    return await control.start({
      scope_id: scopeId(demoScopeId(scope)),
      tenant_hint,
      trigger_type: 'manual_api',
      source: 'cli',
      user_id: 'demo',
      override_cooldown: true,
      idempotency_key: null,
    });
  } catch (error) {
    if (!(error instanceof ConflictError) || error.holder === undefined) throw error;
    const { _id, workflow_id } = await storage.runs.get(tenant_hint, runId(error.holder));
    return { run_id: _id, workflow_id };
  }
}

/** What the demo's tenants hold after it. */
async function totals(storage: Storage): Promise<DemoReport['totals']> {
  const sums = { entities: 0, findings: 0, execution_chains: 0, stitched_paths: 0, evidence_packs: 0 };
  for (const id of new Set(DEMO_SCOPES.map((scope) => scope.tenant))) {
    const tenant = tenantId(id);
    const counts = await storage.counts.of(tenant);
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += counts[key];
  }
  return sums;
}

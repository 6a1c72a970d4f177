/**
 * The reaper (RUN-14; architecture decision 10) looks both ways: held scopes and running runs whose workflow is gone, and open
 * workflows that have no running run. Every write is a compare-and-set from `running`, so that a run that succeeds meanwhile keeps its end.
 */
import { type RunId, runId, type TenantId } from '../domain/ids.ts';
import type { ScanRun } from '../domain/runs/types.ts';
import type { ArtifactStore, ConnectorLogRepository, RunRepository, ScopeRepository } from '../storage/ports/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import { sweepOrphan, type WorkflowDirectory } from './ledger.ts';

export interface OpenWorkflow {
  readonly workflow_id: string;
  readonly run_id: RunId;
  readonly started_at: Date;
}

/** What the reaper asks of Temporal beyond the ledger. */
export interface WorkflowSweeper extends WorkflowDirectory {
  /** Open runs of ours (scans and ingests of this deployment's queue), as Temporal's visibility knows them. */
  listOpen(): AsyncIterable<OpenWorkflow>;
  /** Still before or in `openRun`: it has no record because it waits for a worker or for the database. */
  isOpening(workflowId: string, firstExecutionRunId: string): Promise<boolean>;
  /** No error when it is over already. */
  terminate(workflowId: string, firstExecutionRunId: string, reason: string): Promise<void>;
}

export interface ReapDeps {
  readonly scopes: Pick<ScopeRepository, 'listHeld'>;
  readonly runs: Pick<RunRepository, 'find' | 'get' | 'markOrphan' | 'listRunning'>;
  readonly tenantOfRun: (run: RunId) => Promise<TenantId | null>;
  readonly workflows: WorkflowSweeper;
  /** Of the clock that dates the claims: the database server's. */
  readonly now: () => Date;
}

/** How many were looked at, and what was done. */
export interface ReapResult {
  readonly looked_at: number;
  /** Their workflow was closed or gone. */
  readonly orphaned: number;
  /** Their workflow was open although the budget was over. */
  readonly overdue: number;
  /** Workflows without a running run that were terminated. */
  readonly terminated: number;
}

export interface Sweep {
  readonly signal: AbortSignal;
  readonly report: (result: ReapResult) => void;
}

export type ReapActivities = ReturnType<typeof createReapActivities>;

/** A workflow this young may be on its way from start to record, or from record to end; an overdue run gets as long to end by itself. */
export const REAP_MARGIN_MS = 2 * 60 * 1_000;
const AT_ONCE = 8;

/** A graph in the artifact store is needed while its run lasts; a week is for looking into what went wrong (security: retention). */
export const ARTIFACT_RETENTION_MS = 7 * 24 * 60 * 60 * 1_000;

/** A log tail is for finding out why a run failed; redacted as it is, it is not kept for longer than that takes (security: log tails). */
export const LOG_RETENTION_MS = 30 * 24 * 60 * 60 * 1_000;

export interface SweptStores {
  readonly artifacts: Pick<ArtifactStore, 'sweep'>;
  readonly logs: Pick<ConnectorLogRepository, 'sweep'>;
}

export interface DatabaseClock {
  /** Null when the server does not tell its time. */
  readonly serverTime: () => Promise<Date | null>;
}

export function createReapActivities(parts: Omit<ReapDeps, 'now'> & SweptStores & DatabaseClock) {
  return {
    async reap(): Promise<ReapResult & { readonly artifacts_removed: number; readonly logs_removed: number }> {
      return await withHeartbeat(async ({ signal, report }) => {
        const deps = { ...parts, now: await clockOf(parts) };
        const result = await sweepAll(deps, { signal, report: (so_far) => report({ ...so_far }) });
        const before = (age: number): Date => new Date(deps.now().getTime() - age);
        const artifacts_removed = await deps.artifacts.sweep(before(ARTIFACT_RETENTION_MS));
        return { ...result, artifacts_removed, logs_removed: await deps.logs.sweep(before(LOG_RETENTION_MS)) };
      });
    },
  };
}

/** One clock for the whole sweep, whatever this worker's says: one that is off would end living runs, or never end dead ones. */
async function clockOf({ serverTime }: DatabaseClock): Promise<() => Date> {
  const off = ((await serverTime())?.getTime() ?? Date.now()) - Date.now();
  return () => new Date(Date.now() + off);
}

/** Repeated or doubled, it does nothing more. */
export async function sweepAll(deps: ReapDeps, { signal, report }: Sweep): Promise<ReapResult> {
  const counts = { looked_at: 0, orphaned: 0, overdue: 0, terminated: 0 };
  const looked = async (work: Promise<'orphaned' | 'overdue' | 'terminated' | null>): Promise<void> => {
    const done = await work;
    counts.looked_at += 1;
    if (done !== null) counts[done] += 1;
    report({ ...counts });
  };
  // Workflows first: a claim whose run was never written is free for the second look once its workflow is gone.
  await eachOf(deps.workflows.listOpen(), signal, (workflow) => looked(sweepWorkflow(deps, workflow)));
  const seen = new Set<RunId>();
  await eachOf(deps.scopes.listHeld(deps.now()), signal, async (held) => {
    seen.add(held.in_flight.run);
    const run = await deps.runs.find(held.tenant_id, held.in_flight.run);
    const target = { tenant: held.tenant_id, scope: held.scope_id, run_id: held.in_flight.run, workflow_id: held.in_flight.workflow_id };
    await looked(sweepRun(deps, target, run, held.last_claimed_at));
  });
  await eachOf(deps.runs.listRunning(deps.now()), signal, async (run) => {
    if (seen.has(run._id)) return;
    await looked(
      sweepRun(deps, { tenant: run.tenant_id, scope: run.scope_id, run_id: run._id, workflow_id: run.workflow_id }, run, run.started_at),
    );
  });
  return counts;
}

interface Target {
  readonly tenant: TenantId;
  readonly scope: ScanRun['scope_id'];
  readonly run_id: RunId;
  readonly workflow_id: string;
}

/**
 * @param run null when the claim has no record: only its workflow can say more
 * @param since of the same clock as `now`, where there is one; the run's own times are of the worker that opened it
 */
async function sweepRun(
  deps: ReapDeps,
  { tenant, scope, run_id, workflow_id }: Target,
  run: ScanRun | null,
  since: Date,
): Promise<'orphaned' | 'overdue' | null> {
  if (await deps.workflows.isClosed(workflow_id, run_id)) {
    await sweepOrphan(deps, tenant, scope, run_id);
    return 'orphaned';
  }
  if (run === null) return null;
  const budget = run.deadline_at.getTime() - run.started_at.getTime();
  if (since.getTime() + budget + REAP_MARGIN_MS > deps.now().getTime()) return null;
  // First the work, then the record: the scope must not be free while its child lives.
  await deps.workflows.terminate(workflow_id, run_id, 'the budget of this run is over (reaper)');
  await sweepOrphan(deps, tenant, scope, run_id);
  return 'overdue';
}

async function sweepWorkflow(deps: ReapDeps, { workflow_id, run_id, started_at }: OpenWorkflow): Promise<'terminated' | null> {
  const longAgo = deps.now().getTime() - REAP_MARGIN_MS;
  if (started_at.getTime() > longAgo) return null;
  const record = async (): Promise<ScanRun | null> => {
    const tenant = await deps.tenantOfRun(runId(run_id));
    return tenant === null ? null : await deps.runs.find(tenant, run_id);
  };
  let run = await record();
  if (run === null) {
    if (await deps.workflows.isOpening(workflow_id, run_id)) return null;
    // It may have opened between the two looks: after an outage many do, when the reaper's own tick is due as well.
    run = await record();
  }
  if (run !== null && (run.status === 'running' || (run.ended_at?.getTime() ?? 0) > longAgo)) return null;
  await deps.workflows.terminate(workflow_id, run_id, 'there is no running run of this workflow (reaper)');
  return 'terminated';
}

/** A few at a time: the look at Temporal is what takes the time. */
async function eachOf<T>(items: AsyncIterable<T>, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  let batch: Promise<void>[] = [];
  for await (const item of items) {
    signal.throwIfAborted();
    batch.push(work(item));
    if (batch.length < AT_ONCE) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
}

/** The named activity option sets, and the proxies made of them. The figures and why: docs/decisions/0003-retries-in-the-workflow.md. */
import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { CollectActivities } from '../activities/collect.ts';
import type { DeriveActivities } from '../activities/derive.ts';
import type { GateActivities } from '../activities/gate.ts';
import type { LedgerActivities } from '../activities/ledger.ts';
import type { PassActivities } from '../activities/pass.ts';
import type { PreflightActivities } from '../activities/preflight.ts';
import type { ReapActivities } from '../activities/reap.ts';
import type { SyncActivities } from '../activities/sync.ts';
import type { TestConnectionActivities } from '../activities/test-connection.ts';
import type { RunId } from '../domain/ids.ts';
import { COLLECT_GRACE_MS } from '../domain/runs/budget.ts';
import { SUMMARIES } from './summaries.ts';

/** Short writes of the run's record. They outlive an outage of the database, so that a final status is never lost. */
const LEDGER: ActivityOptions = {
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
};

/** Reads of many tenants; repeated as the ledger is. */
const GATE: ActivityOptions = { ...LEDGER, startToCloseTimeout: '2m' };

/** Stages are tried once by Temporal; `runStage` repeats them, so that the schedule is in the history (FLOW-02). */
const ONCE = { retry: { maximumAttempts: 1 } } as const;
/** Longer than the broker waits for a vault, a keeper of keys or an issuer, one after the other: that they do not answer is theirs to have said. */
const RESOLVE: ActivityOptions = { ...ONCE, heartbeatTimeout: '5s', startToCloseTimeout: '2m' };
/** A cancelled stage is waited for: the claim must not be free while its child still lives. A dead worker ends the wait by its heartbeat. */
const LONG = { ...ONCE, heartbeatTimeout: '5s', cancellationType: 'WAIT_CANCELLATION_COMPLETED' } as const;
const PERSIST: ActivityOptions = { ...LONG, startToCloseTimeout: '15m' };
const COLLECT: ActivityOptions = LONG;

/** `proxyActivities`, each activity with its own line for the Temporal Web UI. */
function proxied<A>(options: ActivityOptions): ActivityInterfaceFor<A> {
  const one = (name: keyof typeof SUMMARIES) => proxyActivities<A>({ ...options, summary: SUMMARIES[name] })[name as keyof A & string];
  return new Proxy({} as ActivityInterfaceFor<A>, { get: (_, name) => one(name as keyof typeof SUMMARIES) });
}

/** What a lost worker had in hand is tried again after five seconds, a tenant's row of the gate included. */
export const ledger = proxied<LedgerActivities & PassActivities & Pick<GateActivities, 'ensureGateScope'>>(LEDGER);
export const preflight = (taskQueue: string) => proxied<PreflightActivities>({ ...RESOLVE, taskQueue });
export const collect = (taskQueue: string, deadlineAt: number) =>
  proxied<CollectActivities>({
    ...COLLECT,
    taskQueue,
    startToCloseTimeout: Math.max(1_000, deadlineAt - Date.now()) + COLLECT_GRACE_MS,
  });

/** @param taskQueue where it waits for a computing thread; the workflow's own, where a free worker takes it at once, unless `runStage` names another */
export const persist = (taskQueue: string | null) =>
  proxied<SyncActivities & DeriveActivities>(taskQueue === null ? PERSIST : { ...PERSIST, taskQueue });

export const gate = proxied<Omit<GateActivities, 'ensureGateScope'>>(GATE);

/** A sweep over many runs takes long; one that fails is made up for by the next tick. */
export const reaper = proxied<ReapActivities>({
  startToCloseTimeout: '4m',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 2 },
});

/** Waits for a free slot of a connectors host, then has the child's minute and a moment. */
export const testing = (taskQueue: string) =>
  proxied<TestConnectionActivities>({ ...LONG, taskQueue, startToCloseTimeout: '90s', scheduleToStartTimeout: '60s' });

export const thisRun = (): { workflow_id: string; run_id: RunId } => ({
  workflow_id: workflowInfo().workflowId,
  run_id: workflowInfo().firstExecutionRunId as RunId,
});

/** Temporal's own word for who started this run; no starter can forge it (CRED-05). */
export const scheduledBy = (): string | null => {
  const by = workflowInfo().searchAttributes['TemporalScheduledById']?.[0];
  return typeof by === 'string' ? by : null;
};

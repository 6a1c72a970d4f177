/** Each try of each stage of a run, read from the histories of its own workflow and of the coordinator that derived for it. */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { AttemptHistory } from '../../api/ports.ts';
import type { ATTEMPTED_STAGES, RunAttempts, StageAttempt } from '../../domain/views/types.ts';

type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;
type StageName = (typeof ATTEMPTED_STAGES)[number];

/** A page does not wait longer for what it can do without. */
const PATIENCE_MS = 1_500;

const STAGES: ReadonlyMap<string, StageName> = new Map([
  ['resolveCredentials', 'preflight'],
  ['runConnector', 'connector'],
  ['syncGraph', 'sync'],
  ['buildChains', 'chain'],
  ['stitchPaths', 'stitch'],
  ['evaluateFindings', 'eval'],
  ['buildEvidence', 'evidence'],
]);

export function createAttemptHistory(client: Client): AttemptHistory {
  return {
    of: async ({ _id, workflow_id }) => {
      try {
        return await client.withDeadline(Date.now() + PATIENCE_MS, async () => {
          const own = await client.workflow.getHandle(workflow_id, _id).fetchHistory();
          const coordinator = coordinatorOf(own);
          if (coordinator === null) return attemptsOf(own.events ?? []);
          const pass = await client.workflow.getHandle(coordinator.workflowId, coordinator.runId).fetchHistory();
          return { ...attemptsOf(own.events ?? []), ...attemptsOf(passFor(pass, _id)) };
        });
      } catch {
        // Past its retention, or Temporal is away or slow: the page is whole without it.
        return null;
      }
    },
  };
}

/** The execution that said "derived": Temporal names the sender of a signal. */
export function coordinatorOf(history: History): { readonly workflowId: string; readonly runId: string } | null {
  for (const event of history.events ?? []) {
    const sender = event.workflowExecutionSignaledEventAttributes?.externalWorkflowExecution;
    if (typeof sender?.workflowId === 'string' && typeof sender.runId === 'string')
      return { workflowId: sender.workflowId, runId: sender.runId };
  }
  return null;
}

/** The second one in histories of before `begin-pass-when-quiet` (docs/decisions/0011). */
const BEGINS: ReadonlySet<string> = new Set(['beginPassWhenQuiet', 'beginPass']);

/** The events of the pass of which this run was told: from the last "begin" before the signal up to it. */
export function passFor(history: History, run: string): readonly Event[] {
  const events = history.events ?? [];
  const told = events.findIndex((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.runId === run);
  const begun = events.slice(0, Math.max(0, told)).findLastIndex((event) => BEGINS.has(activityOf(event) ?? ''));
  return begun === -1 ? [] : events.slice(begun, told);
}

export function attemptsOf(events: readonly Event[]): RunAttempts {
  const stages: Partial<Record<StageName, StageAttempt[]>> = {};
  const open = new Map<string, { readonly stage: StageName; readonly index: number }>();
  const change = (scheduled: unknown, over: Partial<StageAttempt>): void => {
    const place = open.get(String(scheduled));
    const list = place === undefined ? undefined : stages[place.stage];
    const known = place === undefined ? undefined : list?.[place.index];
    if (place !== undefined && list !== undefined && known !== undefined) list[place.index] = { ...known, ...over };
  };
  for (const event of events) {
    const stage = STAGES.get(activityOf(event) ?? '');
    if (stage !== undefined) {
      const list = (stages[stage] ??= []);
      open.set(String(event.eventId), { stage, index: list.length });
      list.push({ asked_at: timeOf(event), started_at: null, ended_at: null, outcome: 'open', why: null });
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started !== null && started !== undefined) change(started.scheduledEventId, { started_at: timeOf(event) });
    const ended = endOf(event);
    if (ended !== null) change(ended.scheduled, { ended_at: timeOf(event), outcome: ended.outcome, why: ended.why });
  }
  return stages;
}

const activityOf = (event: Event): string | null => event.activityTaskScheduledEventAttributes?.activityType?.name ?? null;

function endOf(
  event: Event,
): { readonly scheduled: unknown; readonly outcome: StageAttempt['outcome']; readonly why: string | null } | null {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return { scheduled: completed.scheduledEventId, outcome: 'succeeded', why: null };
  const failed = event.activityTaskFailedEventAttributes;
  if (failed) {
    // A worker that is stopped gives back what it had.
    const lost = failed.failure?.applicationFailureInfo?.type === 'WorkerShutdown';
    const sealed = failed.failure?.encodedAttributes != null;
    return {
      scheduled: failed.scheduledEventId,
      outcome: lost ? 'lost' : 'failed',
      why: sealed ? null : (failed.failure?.message ?? null),
    };
  }
  const late = event.activityTaskTimedOutEventAttributes;
  if (late) return { scheduled: late.scheduledEventId, outcome: 'lost', why: late.failure?.message ?? null };
  const cancelled = event.activityTaskCanceledEventAttributes;
  return cancelled ? { scheduled: cancelled.scheduledEventId, outcome: 'cancelled', why: null } : null;
}

const timeOf = ({ eventTime }: Event): Date =>
  new Date(Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1e6));

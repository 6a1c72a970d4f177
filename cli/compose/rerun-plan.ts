/** What a history says that happened to the workflow from outside, in order, and which commands it gave. Pure. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { History } from './replay.ts';

type Failure = temporal.api.failure.v1.IFailure;

export type Outcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'canceled' };

export type Step =
  | { readonly kind: 'activity'; readonly activityId: string; readonly type: string; readonly outcome: Outcome }
  | { readonly kind: 'signal'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'timer' }
  | { readonly kind: 'cancel' };

export interface RecordedPlan {
  readonly workflowType: string;
  readonly workflowTaskQueue: string;
  readonly taskQueues: readonly string[];
  readonly activityTypes: readonly string[];
  readonly args: readonly unknown[];
  readonly steps: readonly Step[];
  /**
   * Child workflows, signals to other workflows, activities that Temporal timed out, timers that fired beside an activity (time does not
   * skip while one runs) or together with another event (the workflow saw both at once): nothing here stands in for them.
   */
  readonly notRepeatable: number;
}

/** Instants in results are moved with the clock: a budget that ended at noon of that day ends as long after the new start. */
export function planOf({ events }: History, nowMs: number): RecordedPlan {
  const list = events ?? [];
  const started = list[0]?.workflowExecutionStartedEventAttributes;
  const shift = nowMs - Number(list[0]?.eventTime?.seconds ?? 0) * 1_000;
  const values = (payloads: readonly Payload[] | null | undefined): readonly unknown[] =>
    (payloads ?? []).map((payload) => moved(defaultPayloadConverter.fromPayload(payload), shift));
  const scheduled = new Map<string, { readonly activityId: string; readonly type: string }>();
  const queues = new Set<string>();
  const steps: Step[] = [];
  let notRepeatable = 0;
  const open = new Set<string>();
  const ended = (id: unknown, outcome: Outcome): void => {
    open.delete(String(id));
    const activity = scheduled.get(String(id));
    if (activity !== undefined) steps.push({ kind: 'activity', ...activity, outcome });
  };
  /** What came since the workflow last looked: it sees all of it at once. */
  let togetherFrom = 0;
  for (const event of list) {
    const before = steps.length;
    if (event.workflowTaskStartedEventAttributes) togetherFrom = before;
    const activity = event.activityTaskScheduledEventAttributes;
    if (activity) {
      scheduled.set(String(event.eventId), { activityId: activity.activityId ?? '', type: activity.activityType?.name ?? '' });
      queues.add(activity.taskQueue?.name ?? '');
      open.add(String(event.eventId));
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) ended(completed.scheduledEventId, { kind: 'completed', result: values(completed.result?.payloads)[0] });
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed) ended(failed.scheduledEventId, { kind: 'failed', failure: failed.failure ?? {} });
    if (event.activityTaskCanceledEventAttributes) ended(event.activityTaskCanceledEventAttributes.scheduledEventId, { kind: 'canceled' });
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) steps.push({ kind: 'signal', name: signal.signalName ?? '', args: values(signal.input?.payloads) });
    if (event.timerFiredEventAttributes) steps.push({ kind: 'timer' });
    if (event.workflowExecutionCancelRequestedEventAttributes) steps.push({ kind: 'cancel' });
    const grew = steps.length > before;
    if (
      event.startChildWorkflowExecutionInitiatedEventAttributes ||
      event.signalExternalWorkflowExecutionInitiatedEventAttributes ||
      event.activityTaskTimedOutEventAttributes ||
      (event.timerFiredEventAttributes && open.size > 0) ||
      (togetherFrom < steps.length - 1 && steps.slice(togetherFrom).some(({ kind }) => kind === 'timer') && grew)
    )
      notRepeatable += 1;
  }
  const workflowTaskQueue = started?.taskQueue?.name ?? '';
  return {
    workflowType: started?.workflowType?.name ?? '',
    workflowTaskQueue,
    taskQueues: [...queues.add(workflowTaskQueue)].sort(),
    activityTypes: [...new Set([...scheduled.values()].map(({ type }) => type))].sort(),
    args: values(started?.input?.payloads),
    steps,
    notRepeatable,
  };
}

export interface Commands {
  readonly commands: readonly string[];
  readonly timersFired: number;
  readonly closedActivities: ReadonlySet<string>;
}

/** Names and ids only: durations follow the clock, and results are the recorded ones. */
export function commandsOf({ events }: History): Commands {
  const commands: string[] = [];
  const ids = new Map<string, string>();
  const closedActivities = new Set<string>();
  let timersFired = 0;
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      ids.set(String(event.eventId), scheduled.activityId ?? '');
      commands.push(`activity ${scheduled.activityId} (${scheduled.activityType?.name})`);
    }
    const closed =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (closed) closedActivities.add(ids.get(String(closed.scheduledEventId)) ?? '');
    if (event.timerStartedEventAttributes) commands.push(`timer ${event.timerStartedEventAttributes.timerId}`);
    if (event.timerFiredEventAttributes) timersFired += 1;
    if (event.timerCanceledEventAttributes) commands.push(`cancel timer ${event.timerCanceledEventAttributes.timerId}`);
    if (event.activityTaskCancelRequestedEventAttributes)
      commands.push(`cancel activity ${ids.get(String(event.activityTaskCancelRequestedEventAttributes.scheduledEventId)) ?? ''}`);
    if (event.signalExternalWorkflowExecutionInitiatedEventAttributes)
      commands.push(`signal ${event.signalExternalWorkflowExecutionInitiatedEventAttributes.signalName}`);
    if (event.upsertWorkflowSearchAttributesEventAttributes) commands.push('search attributes');
    if (event.workflowExecutionCompletedEventAttributes) commands.push('complete');
    if (event.workflowExecutionFailedEventAttributes) commands.push('fail');
    if (event.workflowExecutionCanceledEventAttributes) commands.push('end as cancelled');
    if (event.workflowExecutionContinuedAsNewEventAttributes) commands.push('continue as new');
  }
  return { commands, timersFired, closedActivities };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function moved(value: unknown, shift: number): unknown {
  if (typeof value === 'string') return INSTANT.test(value) ? new Date(Date.parse(value) + shift).toISOString() : value;
  if (Array.isArray(value)) return value.map((each) => moved(each, shift));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each, shift)]));
}

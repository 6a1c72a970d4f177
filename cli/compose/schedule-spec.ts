/** The Temporal schedule that a scope's row asks for, and the facts by which it is compared with the one that is there. */
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import { canonicalJson } from '../../domain/canonical.ts';
import { catchUpSeconds, type CronFields, cronFields, jitterSeconds, offsetSeconds } from '../../domain/tenancy/schedule.ts';
import type { ScanScope, ScopeSchedule, Tenant } from '../../domain/tenancy/types.ts';
import { type ScanInput, scanScheduleId, type TaskQueues, WORKFLOWS } from '../../workflows/messages.ts';
import { BACKSTOP_MS } from './run-control.ts';

export type WantedSchedule = Omit<ScheduleOptions, 'scheduleId'>;

export function wantedSchedule(scope: ScanScope, schedule: ScopeSchedule, tenant: Tenant, queues: TaskQueues): WantedSchedule {
  const id = scanScheduleId(scope._id);
  const input: ScanInput = {
    scope_id: scope._id,
    // What `openRun` believes is Temporal's word for who started it: this input alone starts nothing (CRED-05).
    trigger: { type: 'scheduled', source: `schedule:${id}`, triggered_by_user_id: null },
    override_cooldown: false,
    queues,
  };
  // `priority` is sent and given back, but left out of the SDK's type for creating (1.24).
  const priority: { readonly priority: Priority } = { priority: { fairnessKey: tenant._id } };
  return {
    spec: specOf(scope, schedule),
    policies: { overlap: 'SKIP', catchupWindow: catchUpSeconds(schedule) * 1_000, pauseOnFailure: false },
    state: { paused: (scope.paused ?? null) !== null, note: scope.paused?.note ?? '' },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.scan,
      // Temporal appends the time: the claim is the scope's row, not this id.
      workflowId: `scan/${scope._id}/scheduled`,
      taskQueue: queues.pipeline,
      args: [input],
      workflowRunTimeout: scope.budget.max_runtime_seconds * 1_000 + BACKSTOP_MS,
      staticSummary: `scan ${scope.name} of ${tenant.slug}`,
      ...priority,
    },
  };
}

function specOf(scope: ScanScope, schedule: ScopeSchedule): WantedSchedule['spec'] {
  if (schedule.kind === 'cron')
    return { cronExpressions: [schedule.expression], timezone: schedule.timezone, jitter: jitterSeconds(schedule) * 1_000 };
  return { intervals: [{ every: schedule.every_seconds * 1_000, offset: offsetSeconds(scope._id, schedule.every_seconds) * 1_000 }] };
}

/** What both sides are reduced to; the keys are what drift is told by. */
export type ScheduleFacts = Readonly<Record<'times' | 'policies' | 'paused' | 'action', unknown>>;

export function factsWanted(wanted: WantedSchedule, schedule: ScopeSchedule): ScheduleFacts {
  const { action, policies, state, spec } = wanted;
  const times =
    schedule.kind === 'cron'
      ? { calendars: [{ ...cronFields(schedule), second: [0] }], intervals: [], timezone: schedule.timezone, jitter: spec.jitter ?? 0 }
      : { calendars: [], intervals: (spec.intervals ?? []).map(({ every, offset = 0 }) => ({ every, offset })), timezone: '', jitter: 0 };
  return {
    times: { ...times, bounded: false },
    policies: { overlap: policies?.overlap ?? null, catch_up: policies?.catchupWindow ?? 0, pause_on_failure: false },
    paused: { paused: state?.paused === true, note: state?.note ?? '', limited: false },
    action: actionFacts(action as ScheduleDescription['action']),
  };
}

export function factsPresent({ action, policies, state, spec, raw }: ScheduleDescription): ScheduleFacts {
  const calendars = (raw.schedule?.spec?.structuredCalendar ?? []).map((calendar) => ({
    second: expand(calendar.second),
    minute: expand(calendar.minute),
    hour: expand(calendar.hour),
    dayOfMonth: expand(calendar.dayOfMonth),
    month: expand(calendar.month),
    dayOfWeek: [...new Set(expand(calendar.dayOfWeek).map((day) => day % 7))].sort((a, b) => a - b),
  })) satisfies readonly CronFields[];
  const bounded = spec.startAt !== undefined || spec.endAt !== undefined || (spec.skip ?? []).length > 0;
  return {
    times: {
      calendars,
      intervals: (spec.intervals ?? []).map(({ every, offset }) => ({ every, offset: offset ?? 0 })),
      timezone: calendars.length === 0 ? '' : (spec.timezone ?? ''),
      jitter: spec.jitter ?? 0,
      bounded,
    },
    policies: { overlap: policies.overlap ?? null, catch_up: policies.catchupWindow, pause_on_failure: policies.pauseOnFailure },
    paused: { paused: state.paused, note: state.note ?? '', limited: raw.schedule?.state?.limitedActions === true },
    action: actionFacts(action),
  };
}

/** The names of the facts that differ. */
export function differences(wanted: ScheduleFacts, present: ScheduleFacts): readonly string[] {
  return (Object.keys(wanted) as (keyof ScheduleFacts)[]).filter((key) => canonicalJson(wanted[key]) !== canonicalJson(present[key]));
}

const actionFacts = (action: ScheduleDescription['action']) => ({
  type: action.workflowType,
  id: action.workflowId ?? '',
  queue: action.taskQueue,
  args: action.args ?? [],
  run_timeout: action.workflowRunTimeout ?? 0,
  summary: action.staticSummary ?? '',
  fairness_key: action.priority?.fairnessKey ?? '',
});

type Ranges = readonly { readonly start?: number | null; readonly end?: number | null; readonly step?: number | null }[] | null | undefined;

/** The server leaves out an end equal to the start, and a step of one. */
function expand(ranges: Ranges): readonly number[] {
  const values = new Set<number>();
  for (const { start, end, step } of ranges ?? []) {
    for (let value = start ?? 0; value <= Math.max(start ?? 0, end ?? 0); value += Math.max(1, step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

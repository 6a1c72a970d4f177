/** What a workflow's history says, for tests that prove schedules from it. */
import type { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;

const ms = (time: Timestamp): number => Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);

/** Per activity type: when each try was scheduled, in milliseconds after the first. */
export function activitySchedule(history: History): Readonly<Record<string, readonly number[]>> {
  const times: Record<string, number[]> = {};
  for (const event of history.events ?? []) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (name === undefined || name === null) continue;
    const at = ms(event.eventTime);
    const before = times[name];
    if (before === undefined) times[name] = [at];
    else before.push(at);
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, list.map((time) => time - (list[0] ?? 0))]));
}

export function activityNames(history: History): readonly string[] {
  return (history.events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
}

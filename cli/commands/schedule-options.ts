/** The options that say when a scope is scanned. */
import { InvalidInputError } from '../../domain/errors.ts';
import { checkSchedule } from '../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';

export interface ScheduleOptions {
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: string;
  readonly none: boolean;
}

/** Checked before any service is needed. @throws InvalidInputError, also unless exactly one of `--cron`, `--every` and `--none` is there */
export function scheduleOf({ cron, timezone, every, none }: ScheduleOptions): ScopeSchedule | null {
  const given = [cron !== undefined, every !== undefined, none].filter(Boolean).length;
  if (given !== 1) throw ambiguous('say when', 'schedule', 'one of --cron, --every and --none');
  if (timezone !== undefined && cron === undefined)
    throw ambiguous('only a cron expression has a time zone', 'schedule.timezone', '--cron with --timezone');
  if (cron !== undefined) return checkSchedule({ kind: 'cron', expression: cron, timezone: timezone ?? 'UTC' });
  return every === undefined ? null : checkSchedule({ kind: 'interval', every_seconds: Number(every) });
}

const ambiguous = (message: string, field: string, expected: string): InvalidInputError =>
  new InvalidInputError(message, { code: 'SCHEDULE_AMBIGUOUS', field, expected });

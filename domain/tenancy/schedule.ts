/** A scope's schedule: what is valid, what it says in words, when it fires, and how scopes are spread so that they do not stampede (FLOW-04). Pure. */
import { CronExpressionParser } from 'cron-parser';
import cronstrue from 'cronstrue';
import { sha256 } from '../canonical.ts';
import { InvalidInputError } from '../errors.ts';
import type { ScopeId } from '../ids.ts';
import type { ScopeSchedule } from './types.ts';

export const MIN_INTERVAL_SECONDS = 60;
export const MAX_INTERVAL_SECONDS = 31 * 86_400;

const MAX_JITTER_SECONDS = 300;
const MAX_CATCH_UP_SECONDS = 3_600;
const NAMES = new Set('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT'.split(' '));
const ZONE = /^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/;

/** The times that a cron expression names, each list ascending; Sunday is 0. */
export interface CronFields {
  readonly minute: readonly number[];
  readonly hour: readonly number[];
  readonly dayOfMonth: readonly number[];
  readonly month: readonly number[];
  readonly dayOfWeek: readonly number[];
}

/**
 * The same schedule, tidied up.
 * @throws InvalidInputError `INVALID_CRON`, `CRON_NEVER_FIRES`, `UNKNOWN_TIMEZONE`, `INVALID_INTERVAL`, `INVALID_SCHEDULE`, at the field
 */
export function checkSchedule(schedule: ScopeSchedule): ScopeSchedule {
  switch (schedule.kind) {
    case 'cron': {
      const checked = { kind: 'cron', expression: tidyCron(schedule.expression), timezone: checkTimezone(schedule.timezone) } as const;
      cronFields(checked);
      return checked;
    }
    case 'interval':
      return { kind: 'interval', every_seconds: checkInterval(schedule.every_seconds) };
    default:
      throw new InvalidInputError('the schedule is of no known kind', {
        code: 'INVALID_SCHEDULE',
        field: 'schedule.kind',
        expected: '"cron" or "interval"',
      });
  }
}

function checkInterval(seconds: unknown): number {
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < MIN_INTERVAL_SECONDS || seconds > MAX_INTERVAL_SECONDS) {
    throw new InvalidInputError('the interval is not valid', {
      code: 'INVALID_INTERVAL',
      field: 'schedule.every_seconds',
      expected: `a whole number of seconds from ${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS}`,
    });
  }
  return seconds;
}

/** An IANA name, written as the time zone database writes it: Temporal's server tells "europe/berlin" from "Europe/Berlin". */
function checkTimezone(zone: unknown): string {
  const unknown = (expected: string): InvalidInputError =>
    new InvalidInputError('there is no such time zone', { code: 'UNKNOWN_TIMEZONE', field: 'schedule.timezone', expected });
  if (typeof zone !== 'string' || !ZONE.test(zone)) throw unknown('an IANA name, such as Europe/Berlin or UTC');
  let known: string;
  try {
    known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw unknown('an IANA name, such as Europe/Berlin or UTC');
  }
  if (known !== zone && known.toLowerCase() === zone.toLowerCase()) throw unknown(known);
  return zone;
}

const invalidCron = (expected: string, code = 'INVALID_CRON'): InvalidInputError =>
  new InvalidInputError(code === 'INVALID_CRON' ? 'the cron expression is not valid' : 'the cron expression never fires', {
    code,
    field: 'schedule.expression',
    expected,
  });

/** Only what cron and Temporal read alike: five fields, no macros, no `L`, `W`, `#`, `?` or `H`. */
function tidyCron(expression: unknown): string {
  const five = 'five fields: minute, hour, day of month, month, day of week, such as "0 2 * * *"';
  if (typeof expression !== 'string' || expression.length > 200) throw invalidCron(five);
  const fields = expression.trim().toUpperCase().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => /^[0-9A-Z*,/-]+$/.test(field))) throw invalidCron(five);
  if (fields.some((field) => field.match(/[A-Z]+/g)?.some((word) => !NAMES.has(word))))
    throw invalidCron('names only of months and weekdays, such as JAN or MON');
  if (fields[2] !== '*' && fields[4] !== '*')
    throw invalidCron('a day of the month or a day of the week, not both: cron means "or" by it, Temporal "and"');
  return fields.join(' ');
}

/** @throws InvalidInputError for what does not parse or never fires */
export function cronFields({ expression, timezone }: { readonly expression: string; readonly timezone: string }): CronFields {
  try {
    const cron = CronExpressionParser.parse(expression, { tz: timezone });
    cron.next();
    const { minute, hour, dayOfMonth, month, dayOfWeek } = cron.fields;
    return {
      minute: ascending(minute.values),
      hour: ascending(hour.values),
      dayOfMonth: ascending(dayOfMonth.values),
      month: ascending(month.values),
      dayOfWeek: ascending(dayOfWeek.values.map((day) => Number(day) % 7)),
    };
  } catch (error) {
    // 31 February is refused by the parser; anything else that has no next time runs into its loop limit.
    const never = error instanceof Error && /day of month definition|loop limit/i.test(error.message);
    throw never ? invalidCron('days that exist in those months', 'CRON_NEVER_FIRES') : invalidCron('values within the range of each field');
  }
}

const ascending = (values: readonly unknown[]): readonly number[] => [...new Set(values.map(Number))].sort((a, b) => a - b);

/** The shortest time between two firings of one day, in seconds. */
export function periodSeconds(schedule: ScopeSchedule): number {
  if (schedule.kind === 'interval') return schedule.every_seconds;
  const { minute, hour } = cronFields(schedule);
  if (minute.length > 1) return shortestGap(minute, 60) * 60;
  return hour.length > 1 ? shortestGap(hour, 24) * 3_600 : 86_400;
}

function shortestGap(values: readonly number[], around: number): number {
  return Math.min(...values.map((value, index) => (values[index + 1] ?? (values[0] ?? 0) + around) - value));
}

/** An interval begins here within its period: every scope elsewhere, the same scope always at the same place. */
export function offsetSeconds(scope: ScopeId, everySeconds: number): number {
  return Number.parseInt(sha256(scope).slice(0, 12), 16) % everySeconds;
}

/** A cron time may be later by this much: Temporal derives how much from the schedule's id, so that scopes of one cron time are spread. */
export function jitterSeconds(schedule: ScopeSchedule): number {
  return schedule.kind === 'interval' ? 0 : Math.min(MAX_JITTER_SECONDS, Math.floor(periodSeconds(schedule) / 10));
}

/** After an outage, only what was missed this long ago is made up for; never longer than the period: at most one scan. */
export function catchUpSeconds(schedule: ScopeSchedule): number {
  return Math.min(MAX_CATCH_UP_SECONDS, Math.max(MIN_INTERVAL_SECONDS, periodSeconds(schedule)));
}

/** The next `count` nominal times after `from`, ascending; a cron time may start up to `jitterSeconds` later. */
export function nextTimes(schedule: ScopeSchedule, scope: ScopeId, from: Date, count: number): readonly Date[] {
  if (schedule.kind === 'cron') {
    const cron = CronExpressionParser.parse(schedule.expression, { tz: schedule.timezone, currentDate: from });
    return cron.take(count).map((time) => time.toDate());
  }
  const every = schedule.every_seconds * 1_000;
  const offset = offsetSeconds(scope, schedule.every_seconds) * 1_000;
  const first = (Math.floor((from.getTime() - offset) / every) + 1) * every + offset;
  return Array.from({ length: count }, (_, index) => new Date(first + index * every));
}

/** For people: `Every 15 minutes`, `At 02:00 AM (Europe/Berlin)`. */
export function scheduleInWords(schedule: ScopeSchedule): string {
  if (schedule.kind === 'cron') return `${cronstrue.toString(schedule.expression)} (${schedule.timezone})`;
  const seconds = schedule.every_seconds;
  const [amount, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3_600 === 0
        ? [seconds / 3_600, 'hour']
        : seconds % 60 === 0
          ? [seconds / 60, 'minute']
          : [seconds, 'second'];
  return `Every ${amount === 1 ? unit : `${amount} ${unit}s`}`;
}

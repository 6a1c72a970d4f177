import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeId } from '../../../domain/ids.ts';
import {
  catchUpSeconds,
  checkSchedule,
  jitterSeconds,
  MAX_INTERVAL_SECONDS,
  MIN_INTERVAL_SECONDS,
  nextTimes,
  offsetSeconds,
  periodSeconds,
  scheduleInWords,
} from '../../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../../domain/tenancy/types.ts';

const cron = (expression: unknown, timezone: unknown = 'UTC') => ({ kind: 'cron', expression, timezone }) as ScopeSchedule;
const every = (seconds: unknown) => ({ kind: 'interval', every_seconds: seconds }) as ScopeSchedule;
const SCOPE = scopeId('acme-aws');

describe('a schedule', () => {
  it.each([
    ['31 February', cron('0 0 31 2 *'), 'CRON_NEVER_FIRES', 'schedule.expression'],
    ['31st of short months', cron('0 0 31 4,6 *'), 'CRON_NEVER_FIRES', 'schedule.expression'],
    ['minute 61', cron('61 * * * *'), 'INVALID_CRON', 'schedule.expression'],
    ['four fields', cron('* * * *'), 'INVALID_CRON', 'schedule.expression'],
    ['six fields, which cron and Temporal read differently', cron('0 0 2 * * *'), 'INVALID_CRON', 'schedule.expression'],
    ['a macro', cron('@daily'), 'INVALID_CRON', 'schedule.expression'],
    ['nothing', cron(''), 'INVALID_CRON', 'schedule.expression'],
    ['no text', cron({ $gt: '' }), 'INVALID_CRON', 'schedule.expression'],
    ['a field that only one dialect knows', cron('H * * * *'), 'INVALID_CRON', 'schedule.expression'],
    ['day of month and day of week', cron('0 0 13 * FRI'), 'INVALID_CRON', 'schedule.expression'],
    ['a range backwards', cron('0 0 * * FRI-MON'), 'INVALID_CRON', 'schedule.expression'],
    ['a step of zero', cron('*/0 * * * *'), 'INVALID_CRON', 'schedule.expression'],
    ['a time zone that does not exist', cron('0 2 * * *', 'Mars/Olympus'), 'UNKNOWN_TIMEZONE', 'schedule.timezone'],
    ['a time zone in other letters', cron('0 2 * * *', 'europe/berlin'), 'UNKNOWN_TIMEZONE', 'schedule.timezone'],
    ['an offset for a time zone', cron('0 2 * * *', '+01:00'), 'UNKNOWN_TIMEZONE', 'schedule.timezone'],
    ['no time zone', cron('0 2 * * *', null), 'UNKNOWN_TIMEZONE', 'schedule.timezone'],
    ['an interval below the floor', every(MIN_INTERVAL_SECONDS - 1), 'INVALID_INTERVAL', 'schedule.every_seconds'],
    ['an interval above the ceiling', every(MAX_INTERVAL_SECONDS + 1), 'INVALID_INTERVAL', 'schedule.every_seconds'],
    ['half a second', every(60.5), 'INVALID_INTERVAL', 'schedule.every_seconds'],
    ['not a number', every(Number.NaN), 'INVALID_INTERVAL', 'schedule.every_seconds'],
    ['a number as text', every('60'), 'INVALID_INTERVAL', 'schedule.every_seconds'],
    ['another kind', { kind: 'lunar' } as never, 'INVALID_SCHEDULE', 'schedule.kind'],
  ])('FLOW-04: refuses %s at its field', (_, schedule, code, field) => {
    expect(() => checkSchedule(schedule)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', code, field, expected: expect.stringMatching(/./) }),
    );
  });

  it('FLOW-04: tidies what is valid', () => {
    expect(checkSchedule(cron(' */15  9-17 * *   mon-fri ', 'Europe/Berlin'))).toEqual(cron('*/15 9-17 * * MON-FRI', 'Europe/Berlin'));
    expect(checkSchedule(cron('0 0 29 2 *'))).toEqual(cron('0 0 29 2 *'));
    expect(checkSchedule(every(60))).toEqual(every(60));
  });

  it('FLOW-04: says itself in words', () => {
    expect(scheduleInWords(cron('0 2 * * *', 'Europe/Berlin'))).toBe('At 02:00 AM (Europe/Berlin)');
    expect([60, 900, 7_200, 86_400, 61].map((seconds) => scheduleInWords(every(seconds)))).toEqual([
      'Every minute',
      'Every 15 minutes',
      'Every 2 hours',
      'Every day',
      'Every 61 seconds',
    ]);
  });

  it('FLOW-04: a cron time follows its zone over the change to winter time', () => {
    const times = nextTimes(cron('0 2 * * *', 'Europe/Berlin'), SCOPE, new Date('2026-10-23T12:00:00Z'), 3);
    expect(times.map((time) => time.toISOString())).toEqual([
      '2026-10-24T00:00:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-26T01:00:00.000Z',
    ]);
  });

  it.each([
    [cron('*/15 9-17 * * MON-FRI'), 900, 90],
    [cron('0,50 * * * *'), 600, 60],
    [cron('0 2,8 * * *'), 6 * 3_600, 300],
    [cron('0 2 * * *'), 86_400, 300],
    [cron('* * * * *'), 60, 6],
    [every(900), 900, 0],
  ])('FLOW-04: %j has its period, and a jitter of at most a tenth of it', (schedule, period, jitter) => {
    expect([periodSeconds(schedule), jitterSeconds(schedule)]).toEqual([period, jitter]);
  });

  it('FLOW-04: an interval fires once per period at the place of its scope, and makes up for at most one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 100_000 }),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.stringMatching(/^[a-z0-9]{1,20}$/),
        (seconds, from, name) => {
          const [scope, schedule] = [scopeId(name), every(seconds)];
          const times = nextTimes(schedule, scope, new Date(from), 3).map((time) => time.getTime());
          expect(times[0]).toBeGreaterThan(from);
          expect(times[0]).toBeLessThanOrEqual(from + seconds * 1_000);
          expect([times[1], times[2]]).toEqual([(times[0] ?? 0) + seconds * 1_000, (times[0] ?? 0) + seconds * 2_000]);
          expect(((times[0] ?? 0) / 1_000) % seconds).toBe(offsetSeconds(scope, seconds));
          expect(catchUpSeconds(schedule)).toBeLessThanOrEqual(seconds);
        },
      ),
    );
  });

  it('FLOW-04: a hundred scopes of one instance begin all over the period', () => {
    const offsets = Array.from({ length: 100 }, (_, index) => offsetSeconds(scopeId(`acme-aws-${index}`), 900));
    const perMinute = Array.from({ length: 15 }, (_, minute) => offsets.filter((offset) => Math.floor(offset / 60) === minute).length);
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(20);
    expect(perMinute.filter((count) => count === 0).length).toBeLessThanOrEqual(1);
  });
});

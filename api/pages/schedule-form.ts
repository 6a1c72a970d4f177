/** A schedule as it is typed into a form, or into an address while one types. */
import { z } from 'zod';
import { InvalidInputError, isDomainError } from '../../domain/errors.ts';
import type { ScopeId } from '../../domain/ids.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import { INTERVAL_UNITS, type PreviewState } from '../../ui/components/schedule.tsx';
import type { ScopeAdmin } from '../administration.ts';

export const SCHEDULE_FIELDS = {
  'schedule.kind': z.enum(['none', 'interval', 'cron']).default('none'),
  'schedule.every': z.string().max(16).default(''),
  'schedule.unit': z.enum(Object.keys(INTERVAL_UNITS) as [keyof typeof INTERVAL_UNITS]).default('minutes'),
  'schedule.expression': z.string().max(200).default(''),
  'schedule.timezone': z.string().max(64).default('UTC'),
};

/** Where the schedule's own errors belong in the form. */
export const SCHEDULE_NAMES = { 'schedule.every_seconds': 'schedule.every' };

type TypedSchedule = z.output<z.ZodObject<typeof SCHEDULE_FIELDS>>;

/** Only shaped, not checked: the administration does that. @throws InvalidInputError at `schedule.every` */
export function scheduleOf(typed: TypedSchedule): ScopeSchedule | null {
  switch (typed['schedule.kind']) {
    case 'none':
      return null;
    case 'cron':
      return { kind: 'cron', expression: typed['schedule.expression'], timezone: typed['schedule.timezone'].trim() };
    case 'interval': {
      const every = typed['schedule.every'].trim();
      if (!/^\d{1,7}$/.test(every))
        throw new InvalidInputError('the interval is not valid', {
          code: 'INVALID_INTERVAL',
          field: 'schedule.every',
          expected: 'a whole number',
        });
      return { kind: 'interval', every_seconds: Number(every) * INTERVAL_UNITS[typed['schedule.unit']] };
    }
  }
}

export function previewOf(scopes: Pick<ScopeAdmin, 'preview'>, typed: TypedSchedule, scope: ScopeId | null): PreviewState {
  try {
    const schedule = scheduleOf(typed);
    return schedule === null ? null : { shown: { schedule, ...scopes.preview(schedule, scope) } };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { problem: error.expected ?? error.message };
  }
}

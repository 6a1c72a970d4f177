/** What is checked before a value reaches a filter: a missing tenant is an error (API-05), an object is never taken for a string. */
import { InvalidInputError } from '../../domain/errors.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';

/** @throws InvalidInputError `INVALID_ID` for anything but a well-formed tenant id. */
export const ownTenant = (tenant: TenantId): TenantId => tenantId(tenant);

const MAX_SCALAR = 1024;

/** A filter's string: never an operator object, never `undefined`. */
export function text(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_SCALAR) {
    throw new InvalidInputError(`${field} is not a valid string`, {
      code: 'INVALID_SCALAR',
      field,
      expected: `a string of 1 to ${MAX_SCALAR} characters`,
    });
  }
  return value;
}

export function whole(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidInputError(`${field} is not a valid number`, { code: 'INVALID_SCALAR', field, expected: 'a whole number, 0 or more' });
  }
  return value;
}

export function instant(field: string, value: unknown): Date {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw new InvalidInputError(`${field} is not a valid time`, { code: 'INVALID_SCALAR', field, expected: 'a Date' });
  }
  return value;
}

export function oneOf<T extends string>(field: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== 'string' || !(allowed as readonly string[]).includes(value)) {
    throw new InvalidInputError(`${field} is not one of the known values`, { code: 'INVALID_SCALAR', field, expected: allowed.join(', ') });
  }
  return value as T;
}

/** Every element checked; a list that is not one is refused. */
export function texts(field: string, values: readonly unknown[]): string[] {
  if (!Array.isArray(values))
    throw new InvalidInputError(`${field} is not a list`, { code: 'INVALID_SCALAR', field, expected: 'a list of strings' });
  return values.map((value, index) => text(`${field}[${index}]`, value));
}

/** Between 1 and `most`; `fallback` when left out. */
export function pageSize(limit: number | undefined, fallback: number, most: number): number {
  if (limit === undefined) return fallback;
  return Math.max(1, Math.min(most, whole('limit', limit)));
}

/** Without the entries that are undefined: BSON would store them as null. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

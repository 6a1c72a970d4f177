import { tenantId } from '../ids.ts';

/** What an operator's input may hold: the same numbers in `sv0 apply`, the API and the pages. */
export const TENANCY_LIMITS = {
  name: 200,
  sourceTenant: 256,
  budgetSeconds: { min: 10, max: 86_400, default: 1_800 },
  cooldownSeconds: { min: 0, max: 604_800, default: 3_600 },
  reason: 500,
  /** A suppression ends, and somebody looks again. */
  suppressionDays: 366,
} as const;

/** Ids that begin so belong to the platform: synthetic scopes (RUN-13) and the platform's own audit. */
export const RESERVED_SCOPE_PREFIXES = ['ingest:', 'gate:'] as const;
export const PLATFORM_PREFIX = 'sv0:';
/** Whose audit chain holds what is no tenant's: sign-ins, rotations of the key-encryption key, repairs of schedules. */
export const PLATFORM = tenantId(`${PLATFORM_PREFIX}platform`);

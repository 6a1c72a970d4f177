/** Ages are counted in whole days to the start of the pass (`RuleContext.today`), so that a repeated stage says the same. */
import type { Entity } from '../../graph/types.ts';

const DAY_MS = 86_400_000;
/** Sources write RFC 3339; anything else is not a date to us, so that the host's clock and locale decide nothing. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** The instant of a date prop; `null` when the source says "never"; `undefined` when it says nothing that we can read. */
export function instant(entity: Entity, ...props: readonly string[]): Date | null | undefined {
  let never = false;
  for (const prop of props) {
    const value = entity.props[prop];
    if (value === null) never = true;
    if (typeof value !== 'string' || !ISO.test(value)) continue;
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return new Date(time);
  }
  return never ? null : undefined;
}

export const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / DAY_MS;

/** True when more than `days` days lie between the instant and today. */
export const olderThan = (at: Date, days: number, today: Date): boolean => daysBetween(at, today) > days;

export const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

/**
 * Pages of large lists, read in ranges that grow until the page is full. Each range is a bounded walk of an index, so a page costs what
 * it shows and not what the collection holds, also on servers that gather every match before they sort and cut (SecantusDB: 2 to 60 µs a
 * match, whatever the limit). A real MongoDB answers each range from the index as well.
 */
import type { TimePosition } from '../../domain/views/types.ts';

const MINUTE = 60_000;
const FIRST_WINDOW = 10 * MINUTE;
/** 10 min, 5 h, 7 d, 7 months, 20 years, everything: six queries at most. */
const GROWTH = 32;

/**
 * A condition on a date: what a filter takes for the field. Bounds are exclusive on purpose: both SecantusDB servers lose the rows that equal an
 * inclusive bound at the far end of a compound index walk (`$gte` on a descending key that other keys follow). Dates are whole milliseconds.
 */
export type TimeRange = { readonly $gt: Date; readonly $lt?: Date } | Date;

/** From `from` on, before `to`. */
export const timeRange = (from: Date, to: Date | null): TimeRange => {
  const $gt = new Date(from.getTime() - 1);
  return to === null ? { $gt } : { $gt, $lt: to };
};

export interface NewestFirst<T> {
  /** Rows with the date in `at`, and, for the ties of a position, ids before `idBefore`; newest first, then by id, both descending; at most `limit`. */
  fetch(at: TimeRange, idBefore: string | null, limit: number): Promise<readonly T[]>;
  readonly limit: number;
  readonly after?: TimePosition;
  readonly now: Date;
  /** Nothing older than this is wanted. */
  readonly floor?: Date;
  /** Milliseconds of the first range, where a page is known to be sparser than most. */
  readonly firstWindow?: number;
}

export async function newestFirst<T>({
  fetch,
  limit,
  after,
  now,
  floor = new Date(0),
  firstWindow = FIRST_WINDOW,
}: NewestFirst<T>): Promise<readonly T[]> {
  const start = after === undefined ? null : new Date(after.at);
  const rows: T[] = after === undefined || start === null ? [] : [...(await fetch(start, after.id, limit))];
  let to = start;
  let width = firstWindow;
  while (rows.length < limit && (to === null || to > floor)) {
    const from = new Date(Math.max(floor.getTime(), (to ?? now).getTime() - width));
    // The first range has no upper bound: another machine's clock may be ahead of ours.
    rows.push(...(await fetch(timeRange(from, to), null, limit - rows.length)));
    to = from;
    width *= GROWTH;
  }
  return rows;
}

const SPACE = 2 ** 32;
const FIRST_SHARE = SPACE / 4096;
const SHARE_GROWTH = 16;

/** A condition on a content id. */
export interface IdRange {
  readonly $gt?: string;
  readonly $gte?: string;
  readonly $lt?: string;
}

/** Content ids are evenly spread hexadecimal digests: growing shares of their space, in order, from behind `after` on. */
export async function inDigestOrder<T>(
  fetch: (id: IdRange, limit: number) => Promise<readonly T[]>,
  limit: number,
  after?: string,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let lower: IdRange = after === undefined ? { $gte: '' } : { $gt: after };
  let at = after === undefined ? 0 : Number.parseInt(after.slice(0, 8), 16);
  let share = FIRST_SHARE;
  while (rows.length < limit && at < SPACE) {
    const end = at + share;
    const upper = end >= SPACE ? null : end.toString(16).padStart(8, '0');
    rows.push(...(await fetch(upper === null ? lower : { ...lower, $lt: upper }, limit - rows.length)));
    lower = { $gte: upper ?? '' };
    at = end;
    share *= SHARE_GROWTH;
  }
  return rows;
}

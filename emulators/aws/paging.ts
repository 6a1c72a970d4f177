/** Pages over a list: markers are opaque, pages may be short, and one may be empty and still not the last. */
import type { AwsNastiness } from './nastiness.ts';
import { AwsRefusal } from './refusal.ts';

export interface EmulatedPage<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly next: string | null;
}

const DEFAULT_PAGE_SIZE = 100;
/** How many items of a full page a short one holds, in thirds, by turns. */
const SHORT = [1, 3, 2];

export function pageOf<T>(
  items: readonly T[],
  marker: string | null,
  asked: number | null,
  nastiness: AwsNastiness,
  count: (what: string) => void,
): EmulatedPage<T> {
  const { at, turn, afterEmpty } = marker === null ? { at: 0, turn: 0, afterEmpty: false } : readMarker(marker);
  if (nastiness.emptyPages === true && !afterEmpty && items.length > 0) {
    count('empty_pages');
    return { items: [], next: writeMarker({ at, turn, afterEmpty: true }) };
  }
  const full = Math.max(1, Math.min(asked ?? DEFAULT_PAGE_SIZE, nastiness.pageSize ?? DEFAULT_PAGE_SIZE));
  const size = nastiness.shortPages === true ? Math.max(1, Math.floor((full * (SHORT[turn % SHORT.length] ?? 3)) / 3)) : full;
  const slice = items.slice(at, at + size);
  const end = at + slice.length;
  if (end < items.length) count(size < full ? 'short_pages' : 'full_pages');
  return { items: slice, next: end < items.length ? writeMarker({ at: end, turn: turn + 1, afterEmpty: false }) : null };
}

interface Marker {
  readonly at: number;
  readonly turn: number;
  readonly afterEmpty: boolean;
}

const writeMarker = (marker: Marker): string => Buffer.from(JSON.stringify(marker)).toString('base64');

function readMarker(text: string): Marker {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number') return value as Marker;
  } catch {
    // Falls through: a marker that we did not make.
  }
  throw new AwsRefusal('ValidationError', 400);
}

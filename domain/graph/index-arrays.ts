/** Small tools over dense integer arrays: an index over 100k entities is a few of them, where objects per edge would cost seconds. */

/** Reads that are in range by construction: the one place that says so to the type checker. */
export const at = (list: Int32Array | Uint8Array, index: number): number => list[index] as number;
export const item = <T>(list: readonly T[], index: number): T => list[index] as T;

/** Rows of numbers: row `i` is `values[offsets[i]] … values[offsets[i + 1] - 1]`. */
export interface Rows {
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/** Groups `values[n]` under row `rows[n]`, in the order given (a counting sort: linear and stable). */
export function groupRows(rowCount: number, rows: readonly number[], values: readonly number[]): Rows {
  const offsets = new Int32Array(rowCount + 1);
  for (const row of rows) offsets[row + 1] = at(offsets, row + 1) + 1;
  for (let row = 0; row < rowCount; row += 1) offsets[row + 1] = at(offsets, row + 1) + at(offsets, row);
  const cursor = offsets.slice();
  const grouped = new Int32Array(rows.length);
  for (let n = 0; n < rows.length; n += 1) {
    const row = item(rows, n);
    const slot = at(cursor, row);
    cursor[row] = slot + 1;
    grouped[slot] = item(values, n);
  }
  return { offsets, values: grouped };
}

/** In id order, each id once. Of two records with one id the smaller content hash stays, so that the order of the input decides nothing. */
export function byId<T extends { readonly id: string; readonly content_hash: string }>(records: readonly T[]): readonly T[] {
  let ordered = true;
  for (let n = 1; n < records.length && ordered; n += 1) ordered = item(records, n - 1).id < item(records, n).id;
  if (ordered) return records;
  const sorted = [...records].sort((a, b) => compare(a.id, b.id) || compare(a.content_hash, b.content_hash));
  return sorted.filter((record, n) => n === 0 || record.id !== item(sorted, n - 1).id);
}

/** By code unit, never by locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

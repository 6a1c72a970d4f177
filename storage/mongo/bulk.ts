/** Fenced, unordered bulk writes, a thousand at a time. */
import { type AnyBulkWriteOperation, type Collection, type Document, MongoBulkWriteError } from 'mongodb';

export const BATCH = 1000;
/**
 * Ids in one `$in`. A server that holds each candidate against the whole list takes quadratic time in its length (SecantusDB does);
 * a hundred costs a real MongoDB nothing measurable.
 */
export const IDS_AT_ONCE = 100;
const DUPLICATE_KEY = 11_000;

export function* batchesOf<T>(items: readonly T[], size = BATCH): Generator<readonly T[], void> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/**
 * Writes what has no row yet by insert (several times faster than an upsert), everything else by a fenced upsert: its filter holds the `_id` and
 * "not newer than mine", so that an upsert of a late writer runs into the `_id` of the newer row.
 * A duplicate key can also be a twin's insert a moment ago, so those are tried once more as upserts; what is refused then is fenced.
 * @returns how many rows were fenced
 */
export async function fencedWrites<T extends Document>(
  collection: Collection<T>,
  writes: readonly { readonly insert?: T; readonly upsert: AnyBulkWriteOperation<T> }[],
): Promise<number> {
  const refused = await bulk(
    collection,
    writes.map(({ insert, upsert }) => (insert === undefined ? upsert : ({ insertOne: { document: insert } } as AnyBulkWriteOperation<T>))),
  );
  if (refused.length === 0) return 0;
  const again = refused.map((index) => writes[index]?.upsert).filter((operation) => operation !== undefined);
  return (await bulk(collection, again)).length;
}

/** One `$set` on many rows: `rest` narrows the filter further. Several short lists of ids in each command. */
export async function setByIds<T extends Document>(
  collection: Collection<T>,
  ids: readonly string[],
  rest: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>>,
): Promise<void> {
  const operations = [...batchesOf(ids, IDS_AT_ONCE)].map((some) => ({
    updateMany: { filter: { _id: { $in: some }, ...rest }, update: { $set: set } },
  }));
  if (operations.length > 0) await collection.bulkWrite(operations as never, { ordered: false });
}

/** Indexes of the operations that met a duplicate key. Any other write error is thrown. */
async function bulk<T extends Document>(
  collection: Collection<T>,
  operations: readonly AnyBulkWriteOperation<T>[],
): Promise<readonly number[]> {
  if (operations.length === 0) return [];
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    if (failures.length === 0 || failures.some((failure) => failure.code !== DUPLICATE_KEY)) throw error;
    return failures.map((failure) => failure.index);
  }
}

/** Does this server do what the storage rests on? `sv0 doctor` names a server that does not, instead of letting it lose data quietly. */
import { randomUUID } from 'node:crypto';
import { type Collection, type Db, MongoServerError } from 'mongodb';
import { mapMongoError } from './errors.ts';

export interface ConformanceCheck {
  readonly name: 'fenced_upsert' | 'pipeline_update' | 'claim' | 'unique_key_is_freed' | 'inclusive_bound';
  readonly holds: boolean;
  /** False: nothing of ours rests on it, it is only said. */
  readonly required: boolean;
  readonly meaning: string;
}

interface Row {
  readonly _id: string;
  readonly gen?: number;
  readonly holder?: string | null;
  readonly cells?: Readonly<Record<string, string>>;
  readonly slot?: string | null;
  readonly group?: string;
  readonly at?: Date;
}

type Probe = (rows: Collection<Row>) => Promise<boolean>;

const CHECKS: readonly (Omit<ConformanceCheck, 'holds'> & { readonly probe: Probe })[] = [
  {
    name: 'fenced_upsert',
    required: true,
    meaning: 'an upsert that a newer row fences is refused by its _id, and the others of the bulk are written',
    probe: fencedUpsert,
  },
  {
    name: 'pipeline_update',
    required: true,
    meaning: 'an update by pipeline keeps texts that begin with "$" as texts, and existing cells',
    probe: pipelineUpdate,
  },
  { name: 'claim', required: true, meaning: 'of many compare-and-sets at once exactly one wins', probe: claim },
  {
    name: 'unique_key_is_freed',
    required: false,
    meaning: 'a unique secondary key is free again once an update moved its row away',
    probe: uniqueKeyIsFreed,
  },
  {
    name: 'inclusive_bound',
    required: false,
    meaning: 'rows that equal an inclusive bound at the far end of a compound index are found',
    probe: inclusiveBound,
  },
];

/** Works in a collection of its own, which it drops. @throws TransientError when the server cannot be reached */
export async function checkConformance(db: Db): Promise<readonly ConformanceCheck[]> {
  const results: ConformanceCheck[] = [];
  for (const { probe, ...check } of CHECKS) {
    const rows = db.collection<Row>(`conformance_${randomUUID()}`);
    try {
      results.push({ ...check, holds: await probe(rows) });
    } catch (error) {
      throw mapMongoError(error, `conformance.${check.name}`);
    } finally {
      await rows.drop().catch(() => undefined);
    }
  }
  return results;
}

async function fencedUpsert(rows: Collection<Row>): Promise<boolean> {
  await rows.insertOne({ _id: 'newer', gen: 5 });
  const upsert = (_id: string) => ({ updateOne: { filter: { _id, gen: { $lte: 3 } }, update: { $set: { gen: 3 } }, upsert: true } });
  const refused = await rows.bulkWrite([upsert('newer'), upsert('fresh')], { ordered: false }).then(() => false, isDuplicate);
  const [newer, fresh] = [await rows.findOne({ _id: 'newer' }), await rows.findOne({ _id: 'fresh' })];
  return refused && newer?.gen === 5 && fresh?.gen === 3;
}

async function pipelineUpdate(rows: Collection<Row>): Promise<boolean> {
  await rows.insertOne({ _id: 'run', cells: { old: 'kept' } });
  await rows.updateOne({ _id: 'run' }, [{ $set: { cells: { $mergeObjects: [{ $literal: { old: 'lost', text: '$cells' } }, '$cells'] } } }]);
  const row = await rows.findOne({ _id: 'run' });
  return row?.cells?.['old'] === 'kept' && row.cells['text'] === '$cells';
}

async function claim(rows: Collection<Row>): Promise<boolean> {
  await rows.insertOne({ _id: 'scope', holder: null, gen: 0 });
  const tries = Array.from({ length: 12 }, (_, index) =>
    rows.findOneAndUpdate({ _id: 'scope', holder: null }, [{ $set: { holder: { $literal: `run-${index}` }, gen: { $add: ['$gen', 1] } } }]),
  );
  const winners = (await Promise.all(tries)).filter((row) => row !== null);
  return winners.length === 1 && (await rows.findOne({ _id: 'scope' }))?.gen === 1;
}

async function uniqueKeyIsFreed(rows: Collection<Row>): Promise<boolean> {
  await rows.createIndex({ slot: 1 }, { unique: true });
  await rows.insertOne({ _id: 'first', slot: 'a' });
  await rows.updateOne({ _id: 'first' }, { $set: { slot: 'b' } });
  return rows.insertOne({ _id: 'second', slot: 'a' }).then(
    () => true,
    (error: unknown) => !isDuplicate(error),
  );
}

async function inclusiveBound(rows: Collection<Row>): Promise<boolean> {
  await rows.createIndex({ group: 1, at: -1, _id: -1 });
  const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  await rows.insertMany([1, 2, 2, 3].map((second, index) => ({ _id: `row-${index}`, group: 'a', at: at(second) })));
  const found = await rows
    .find({ group: 'a', at: { $gte: at(2) } })
    .sort({ at: -1, _id: -1 })
    .toArray();
  return found.length === 3;
}

/** @throws whatever else the server says */
function isDuplicate(error: unknown): boolean {
  if (error instanceof MongoServerError && error.code === 11_000) return true;
  throw error;
}

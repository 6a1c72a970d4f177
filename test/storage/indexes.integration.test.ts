import { type Db, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runId, tenantId } from '../../domain/ids.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';
import { fill, MATRIX, repositories } from './every-method.ts';
import { later, NOW } from './rows.ts';

const database = withDatabase();

interface Query {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

let client: MongoClient;
let db: Db;
const queries = new Map<string, Query>();

/** By its shape: which fields are asked for by which operators, not for which values. */
function keep(collection: unknown, filter: Document = {}, sort: Document = {}): void {
  if (typeof collection !== 'string' || collection.startsWith('artifacts.')) return;
  queries.set(JSON.stringify([collection, shapeOf(filter), sort]), { collection, filter, sort });
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]));
}

beforeAll(async () => {
  client = new MongoClient(testMongoUri(), { monitorCommands: true });
  client.on('commandStarted', ({ commandName, command }) => {
    const of = command[commandName];
    if (commandName === 'find') keep(of, command['filter'], command['sort']);
    if (commandName === 'findAndModify') keep(of, command['query'], command['sort']);
    if (commandName === 'aggregate') keep(of, command['pipeline'][0]?.['$match']);
    for (const write of [...(command['updates'] ?? []), ...(command['deletes'] ?? [])]) keep(of, write.q);
  });
  db = client.db(database.name);
  const theirs = await fill(db);
  const all = repositories(db);
  for (const [, call] of Object.values(MATRIX)) await call(all, theirs.tenant, theirs).catch(() => undefined);
  await all.tenants.findBySlug('X');
  await all.tenants.list({ after: tenantId('t-a') });
  await all.runs.list(theirs.tenant, { status: 'running', before: { started_at: NOW, run_id: runId('r') } });
  await all.audit.list(theirs.tenant, { before_seq: 9 });
  await all.audit.list(theirs.tenant, { action: 'a', before_seq: 9 });
  for await (const _ of all.tenants.listActiveIds()) break;
  for await (const _ of all.scopes.listHeld(later(1))) break;
  for await (const _ of all.runs.listRunning(later(1))) break;
});
afterAll(() => client.close());

/** Not only by the tenant: at least two fields of the filter (all, where there are fewer) are the beginning of the index. */
function serves(fields: readonly string[], filter: Document): boolean {
  const asked = new Set(Object.keys(filter).filter((field) => !field.startsWith('$')));
  const end = fields.findIndex((field) => !asked.has(field));
  return (end === -1 ? fields.length : end) >= Math.min(2, asked.size);
}

/** Every collection has the index on `_id`; the list of all tenants reads the tenants' own collection in that order. */
const servedById = ({ collection, filter }: Query): boolean =>
  '_id' in filter || (collection === 'tenants' && Object.keys(filter).length === 0);

async function explained({ collection, filter, sort }: Query): Promise<string> {
  const plan: Document = await db
    .collection(collection)
    .find(filter)
    .sort(sort as never)
    .explain('queryPlanner');
  return JSON.stringify(plan['queryPlanner']?.['winningPlan'] ?? plan);
}

const told = ({ collection, filter, sort }: Query): string => `${collection} ${JSON.stringify(shapeOf(filter))} ${JSON.stringify(sort)}`;

describe('indexes', () => {
  it('for every query of every repository there is one', async () => {
    expect(queries.size).toBeGreaterThan(60);
    const without: string[] = [];
    for (const query of queries.values()) {
      const indexes: Document[] = await db.collection(query.collection).indexes();
      if (!servedById(query) && !indexes.some(({ key }) => serves(Object.keys(key), query.filter))) without.push(told(query));
    }
    expect(without).toEqual([]);
  });

  it('the server says that it uses it, where it plans a range beside a field that no index has', async () => {
    const known: Query = {
      collection: 'entities',
      filter: { tenant_id: 't', scope_id: 's', category: 'c', gen: { $lt: 2 }, display_name: 'x' },
      sort: {},
    };
    const explains = (await explained(known)).includes('IXSCAN');
    const scans: string[] = [];
    for (const query of queries.values()) {
      if (!servedById(query) && explains && (await explained(query)).includes('COLLSCAN')) scans.push(told(query));
    }
    expect(scans).toEqual([]);
  });

  it('none is unique: what must be unique is an _id, and rows leave no unique key by update', async () => {
    for (const [name, collection] of Object.entries(collectionsOf(db))) {
      const indexes: Document[] = await collection.indexes().catch(() => []);
      expect(indexes.filter((index) => index['unique'] === true).map((index) => `${name} ${index['name']}`)).toEqual([]);
    }
  });

  it('making them is safe to repeat, also at once', async () => {
    await Promise.all([ensureIndexes(database.db), ensureIndexes(database.db)]);
  });
});

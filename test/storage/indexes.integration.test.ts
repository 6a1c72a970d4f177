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
  for await (const _ of all.tenants.listActiveIds()) break;
  for await (const _ of all.scopes.listHeld(later(1))) break;
  for await (const _ of all.runs.listRunning(later(1))) break;
});
afterAll(() => client.close());

/**
 * A filter that names `_id` is served by the index that every collection has, whatever the explanation says (one of the development servers
 * explains such a look-up as a scan, and answers it in the same time in 1,000 and in 10,000 rows).
 * Else not only by the tenant: at least two fields of the filter (all, where there are fewer) are the beginning of the index that was chosen. */
function usesAnIndexWell(plan: unknown, filter: Document): boolean {
  if ('_id' in filter) return true;
  const text = JSON.stringify(plan);
  if (text.includes('COLLSCAN')) return false;
  if (/IDHACK|EXPRESS|"stage":"EOF"/.test(text)) return true;
  const asked = new Set(Object.keys(filter));
  const patterns = [...text.matchAll(/"keyPattern":(\{[^}]*\})/g)].map(([, pattern]) => Object.keys(JSON.parse(pattern ?? '{}')));
  return patterns.some((fields) => {
    const useful = fields.findIndex((field) => !asked.has(field));
    return (useful === -1 ? fields.length : useful) >= Math.min(2, asked.size);
  });
}

describe('indexes', () => {
  it('every query of every repository uses one', async () => {
    expect(queries.size).toBeGreaterThan(60);
    const scans: string[] = [];
    for (const { collection, filter, sort } of queries.values()) {
      const plan = await db.collection(collection).find(filter).sort(sort as never).explain('queryPlanner');
      if (!usesAnIndexWell((plan as Document)['queryPlanner']?.['winningPlan'] ?? plan, filter)) scans.push(`${collection} ${JSON.stringify(shapeOf(filter))} ${JSON.stringify(sort)}`);
    }
    // The list of all tenants reads the tenants' own collection in `_id` order.
    expect(scans.filter((scan) => !scan.startsWith('tenants {}'))).toEqual([]);
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

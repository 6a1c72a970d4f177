import { type Db, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runId, tenantId } from '../../domain/ids.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createEndedSessions } from '../../storage/mongo/ended-sessions.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';
import { collectionScans, type Query, watchQueries, withoutIndex } from '../support/query-log.ts';
import { fill, MATRIX, repositories } from './every-method.ts';
import { later, NOW } from './rows.ts';

const database = withDatabase();

let client: MongoClient;
let db: Db;
let queries: ReadonlyMap<string, Query>;

beforeAll(async () => {
  client = new MongoClient(testMongoUri(), { monitorCommands: true });
  queries = watchQueries(client);
  db = client.db(database.name);
  const theirs = await fill(db);
  const all = repositories(db);
  for (const [, call] of Object.values(MATRIX)) await call(all, theirs.tenant, theirs).catch(() => undefined);
  await createEndedSessions(collectionsOf(db)).end('a session', later(1), NOW);
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

describe('indexes', () => {
  it('for every query of every repository there is one', async () => {
    expect(queries.size).toBeGreaterThan(60);
    expect(await withoutIndex(db, queries.values())).toEqual([]);
  });

  it('the server says that it uses it, where it plans a range beside a field that no index has', async () => {
    expect(await collectionScans(db, queries.values())).toEqual([]);
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

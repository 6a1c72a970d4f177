/** A database of its own for one test file, on the server that `SV0_TEST_MONGODB_URI` names; dropped at the end. */
import { randomUUID } from 'node:crypto';
import type { Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll } from 'vitest';
import { collectionsOf, type Collections } from '../../storage/collections.ts';
import { connectMongo, type MongoConnection } from '../../storage/mongo/client.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';

export interface TestDatabase {
  readonly uri: string;
  readonly name: string;
  readonly db: Db;
  readonly client: MongoClient;
  readonly collections: Collections;
  /** Empties every collection; indexes stay. */
  clear(): Promise<void>;
}

export function testMongoUri(): string {
  const uri = process.env['SV0_TEST_MONGODB_URI'];
  if (uri === undefined || uri === '')
    throw new Error('SV0_TEST_MONGODB_URI is not set: the test setup starts a server and names it there');
  return uri;
}

/** Call it at the top of a test file (or of a `describe`); the fields are there from `beforeAll` on. */
export function withDatabase(options: { readonly indexes?: boolean } = {}): TestDatabase {
  const name = `sv0_test_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  let connection: MongoConnection | undefined;
  const open = (): MongoConnection => {
    if (connection === undefined) throw new Error('the test database is opened in beforeAll');
    return connection;
  };
  beforeAll(async () => {
    connection = await connectMongo(testMongoUri(), { database: name });
    if (options.indexes !== false) await ensureIndexes(connection.db);
  });
  afterAll(async () => {
    await connection?.db.dropDatabase();
    await connection?.close();
  });
  return {
    name,
    get uri() {
      return testMongoUri();
    },
    get db() {
      return open().db;
    },
    get client() {
      return open().client;
    },
    get collections() {
      return collectionsOf(open().db);
    },
    async clear() {
      for (const collection of await open().db.listCollections({}, { nameOnly: true }).toArray()) {
        await open().db.collection(collection.name).deleteMany({});
      }
    },
  };
}

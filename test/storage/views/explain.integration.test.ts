/** What every page and every list of the API asks the database, and that an index serves it. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../../e2e/seed.ts';
import { testMongoUri, withDatabase } from '../../support/mongo.ts';
import { collectionScans, type Query, watchQueries, withoutIndex } from '../../support/query-log.ts';
import { readingApp } from '../../support/reading-app.ts';

const database = withDatabase();
let client: MongoClient;
let queries: ReadonlyMap<string, Query>;
let refused: readonly string[];
let unread: readonly string[];

/** They read no view: a redirect, fixed files, other servers' state, streams, what run control or Temporal answers, or a file that the export's own test reads. */
const NO_VIEW =
  /^\/operations$|openapi|explorer|sign-in|events|livez|healthz|readyz|assets|schedule-preview|next-times|credential|connection-test|rematerialize|outcome|intake-links|schedule-drift|findings\/export|\/file$/;

beforeAll(async () => {
  await seed(database.collections);
  client = new MongoClient(testMongoUri(), { monitorCommands: true });
  const db = client.db(database.name);
  const { app, addresses } = await readingApp(db);
  queries = watchQueries(client);
  const answers: string[] = [];
  for (const address of ['/metrics', ...addresses]) {
    const answer = await app.request(address);
    await answer.arrayBuffer();
    if (answer.status !== 200) answers.push(`${answer.status} ${address}`);
  }
  refused = answers;
  const paths = ['/metrics', ...addresses].map((address) => address.split('?')[0] ?? '');
  const routes = app.routes.filter(({ method, path }) => method === 'GET' && !path.includes('*') && !NO_VIEW.test(path));
  const pattern = (path: string): RegExp => new RegExp(`^${path.replaceAll(/:[a-z_]+/g, '[^/]+')}$`);
  unread = routes.map(({ path }) => path).filter((path) => !paths.some((read) => pattern(path).test(read)));
});
afterAll(() => client.close());

it('UI-01 API-02: every page and every read of the API is read here', () => {
  expect(refused).toEqual([]);
  expect(unread).toEqual([]);
});

it('UI-01: for every query that a page or a list makes there is an index, and no server that explains says that it reads a whole collection', async () => {
  expect(queries.size).toBeGreaterThan(50);
  expect(await withoutIndex(database.db, queries.values())).toEqual([]);
  expect(await collectionScans(database.db, queries.values())).toEqual([]);
});

import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { createCallers } from '../../api/identity/callers.ts';
import { createLocalIssuer } from '../../api/identity/local-issuer.ts';
import { createSessions } from '../../api/identity/session.ts';
import { signInRoutes } from '../../api/identity/sign-in.tsx';
import { problemSchema } from '../../api/schemas/common.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createEndedSessions } from '../../storage/mongo/ended-sessions.ts';
import type { EndedSessions } from '../../storage/ports/ended-sessions.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { withDatabase } from '../support/mongo.ts';
import { later, NOW } from './rows.ts';

const database = withDatabase({ indexes: false });
const ended = () => createEndedSessions(database.collections);

it('UI-05: an ended session is so for every process, and no other session; its id is not in the database', async () => {
  expect(await ended().isEnded('session-one')).toBe(false);
  await ended().end('session-one', later(480), NOW);
  await ended().end('session-one', later(480), NOW);
  expect([await ended().isEnded('session-one'), await ended().isEnded('session-two')]).toEqual([true, false]);
  const rows = await database.collections.endedSessions.find().toArray();
  expect(rows.map(({ expires_at }) => expires_at)).toEqual([later(480)]);
  expect(JSON.stringify(rows)).not.toContain('session-one');
  for (const session of [undefined, '', { $ne: null }]) await expect(ended().isEnded(session as string)).rejects.toThrow();
});

it('UI-05: what is past its time by more than clocks differ is swept when somebody signs out, and nothing before', async () => {
  const HOUR = 3_600;
  const known = async () => Promise.all(['first', 'second', 'third'].map((session) => ended().isEnded(session)));
  await ended().end('first', later(10), NOW);
  await ended().end('second', later(30), later(HOUR + 9));
  expect(await known()).toEqual([true, true, false]);
  await ended().end('third', later(60), later(HOUR + 11));
  expect(await known()).toEqual([false, true, true]);
});

it('UI-05: a copied cookie is dead in another process; while the database is away nobody comes in by cookie, and no sign-out is claimed', async () => {
  const now = () => NOW;
  const issuer = await createLocalIssuer({ host: '127.0.0.1', issuerConfigured: false, now });
  const processWith = (kept: EndedSessions) => {
    const sessions = createSessions({ key: new Uint8Array(32).fill(7), secure: false, ended: kept, now });
    const signIn = signInRoutes({ sessions, audit: { record: async () => {} }, way: { kind: 'local', issuer, now } });
    return appUnderTest({ deps: { callers: createCallers(issuer.trusted, sessions, now), signIn } });
  };
  const [here, there] = [processWith(ended()), processWith(ended())];
  const signedIn = async () =>
    (await here.app.request(`/sign-in/local?code=${issuer.code()}`)).headers.get('set-cookie')?.split(';')[0] ?? '';
  const [cookie, other] = [await signedIn(), await signedIn()];
  const asking = { headers: { cookie } };
  const leaving = { method: 'POST', headers: { cookie, origin: 'http://localhost' } };
  expect((await there.app.request('/api/v1/tenants', asking)).status).toBe(200);

  // No server has port 1.
  const client = new MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 100 });
  const away = processWith(createEndedSessions(collectionsOf(client.db('away'))));
  for (const [path, init] of [['/api/v1/tenants', asking] as const, ['/sign-out', leaving] as const]) {
    const answer = await away.app.request(path, init);
    expect([answer.status, answer.headers.get('set-cookie'), problemSchema.parse(await answer.json()).code]).toEqual([
      503,
      null,
      'DATABASE_UNAVAILABLE',
    ]);
  }
  expect(away.asked.views).toEqual([]);
  await client.close();

  expect((await here.app.request('/sign-out', leaving)).status).toBe(200);
  expect((await there.app.request('/api/v1/tenants', asking)).status).toBe(401);
  expect((await there.app.request('/api/v1/tenants', { headers: { cookie: other } })).status).toBe(200);
});

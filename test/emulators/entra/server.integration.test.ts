/** The emulator holds its side of the contract: a client that does what Graph forbids must notice. */
import { afterEach, describe, expect, test } from 'vitest';
import { DEMO_ENTRA_CLIENT, type EntraEmulatorOptions } from '../../../emulators/entra/options.ts';
import { startEntraEmulator } from '../../../emulators/entra/server.ts';
import { northwindWorld } from '../../../emulators/entra/world.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';

const TENANT = NORTHWIND.entra.tenantId;
const open: RunningEmulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly value?: { readonly id: string; readonly [field: string]: unknown }[]; readonly '@odata.nextLink'?: string };
}

async function start(
  options: EntraEmulatorOptions = {},
): Promise<RunningEmulator & { get(path: string, init?: RequestInit): Promise<Reply> }> {
  const running = await startEntraEmulator({ now: new Date('2026-09-15T00:00:00Z'), ...options });
  open.push(running);
  const { access_token: token } = (await (await askToken(running.url)).json()) as { access_token: string };
  const get = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const address = path.startsWith('http') ? path : `${running.url}/v1.0${path}`;
    const response = await fetch(address, { ...init, headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] };
  };
  return { ...running, get };
}

function askToken(url: string, change: Record<string, string> = {}, tenant: string = TENANT): Promise<Response> {
  const { clientId: client_id, clientSecret: client_secret } = DEMO_ENTRA_CLIENT;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope: 'https://graph.microsoft.com/.default', ...change };
  return fetch(`${url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) });
}

describe('tokens', () => {
  test('are for this directory, this client and this secret only', async () => {
    const { url, counters } = await start();
    const refused = [
      await askToken(url, { client_secret: 'another' }),
      await askToken(url, { client_id: 'another' }),
      await askToken(url, { grant_type: 'password' }),
      await askToken(url, {}, '11111111-2222-4333-8444-555555555555'),
    ];
    expect(refused.map((response) => response.status)).toEqual([401, 400, 400, 400]);
    expect(counters['tokens_refused']).toBe(4);
    expect((await fetch(`${url}/v1.0/users`)).status).toBe(401);
  });

  test('die when they should', async () => {
    const { get, counters } = await start({ nasty: { tokenRequests: 2 } });
    const statuses = [await get('/users'), await get('/users'), await get('/users')].map((reply) => reply.status);
    expect(statuses).toEqual([200, 200, 401]);
    expect(counters['tokens_expired']).toBe(1);
  });
});

describe('queries', () => {
  test('an unknown field, a second expansion, too large a page and too many values are refused', async () => {
    const { get } = await start();
    const sixteen = Array.from({ length: 16 }, () => `'x'`).join(',');
    const refused = [
      '/users?$select=id,secretName',
      '/applications?$expand=owners,federatedIdentityCredentials',
      '/users?$top=1000',
      `/users?$filter=id in (${sixteen})`,
    ];
    const statuses = await Promise.all(refused.map(async (path) => [path, (await get(path)).status]));
    expect(statuses).toEqual(refused.map((path) => [path, 400]));
    expect((await get('/me')).status).toBe(404);
  });

  test('selection is what comes back; keyCredentials come only when asked for', async () => {
    const { get } = await start();
    const plain = await get('/applications?$top=1');
    expect(plain.body.value?.[0]).not.toHaveProperty('keyCredentials');
    const selected = await get('/applications?$select=id,keyCredentials&$top=1');
    expect(Object.keys(selected.body.value?.[0] ?? {}).sort()).toEqual(['@odata.type', 'id', 'keyCredentials']);
  });

  test('an expansion is cut at twenty, without a word', async () => {
    const world = northwindWorld(new Date('2026-09-15T00:00:00Z'));
    const many = world.users.map((user) => user.id);
    const { appObjectId } = NORTHWIND.entra.customerSync;
    const crowded = { ...world, owners: new Map([[appObjectId, many]]) };
    const running = await startEntraEmulator({}, crowded);
    open.push(running);
    const { access_token: token } = (await (await askToken(running.url)).json()) as { access_token: string };
    const read = async (path: string): Promise<Reply['body']> =>
      (await (await fetch(`${running.url}/v1.0${path}`, { headers: { authorization: `Bearer ${token}` } })).json()) as Reply['body'];
    const expanded = (await read('/applications?$select=id&$expand=owners($select=id)')).value?.find((one) => one.id === appObjectId);
    expect(expanded?.['owners']).toHaveLength(20);
    expect((await read(`/applications/${appObjectId}/owners?$select=id&$top=999`)).value?.length).toBeGreaterThan(20);
  });
});

describe('pages', () => {
  test('link on by an opaque token that is good for its own query only', async () => {
    const { get, url, counters } = await start({ nasty: { pageSize: 5, emptyPages: true } });
    const ids: string[] = [];
    let pages = 0;
    for (let next: string | undefined = '/servicePrincipals?$select=id'; next !== undefined; pages += 1) {
      const { body }: Reply = await get(next);
      ids.push(...(body.value ?? []).map((item) => item.id));
      next = body['@odata.nextLink'];
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(northwindWorld(new Date()).servicePrincipals.length);
    expect(counters['empty_pages']).toBeGreaterThan(3);
    expect(pages).toBeGreaterThan(ids.length / 5);
    const first = await get('/servicePrincipals?$select=id');
    const token = new URL(first.body['@odata.nextLink'] ?? '').searchParams.get('$skiptoken') ?? '';
    expect((await get(`${url}/v1.0/users?$select=id&$skiptoken=${token}`)).status).toBe(400);
    expect((await get(`/servicePrincipals?$select=id,appId&$skiptoken=${token}`)).status).toBe(400);
    expect(counters['wrong_skiptoken']).toBe(2);
  });
});

describe('limits', () => {
  test('whoever comes back too early waits twice as long, and is counted', async () => {
    const { get, counters } = await start({ nasty: { throttle: { every: 2, forMs: 300, sayWhen: true } } });
    await get('/users');
    const throttled = await get('/users');
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '1']);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await get('/users')).status).toBe(429);
    expect(counters).toMatchObject({ throttled: 1, too_early: 1 });
  });

  test('key credentials have a limit of their own', async () => {
    const { get, counters } = await start({ nasty: { keyCredentials: { requests: 2, windowMs: 60_000 } } });
    const path = '/applications?$select=id,keyCredentials';
    expect([(await get(path)).status, (await get(path)).status, (await get(path)).status]).toEqual([200, 200, 429]);
    expect((await get('/applications?$select=id')).status).toBe(200);
    expect(counters['key_credentials_throttled']).toBe(1);
  });

  test('CONN-03: a write is refused and counted', async () => {
    const { get, counters } = await start();
    expect((await get('/applications', { method: 'POST', body: '{}' })).status).toBe(405);
    expect((await get('/users/x', { method: 'DELETE' })).status).toBe(405);
    expect(counters['write_attempts']).toBe(2);
  });
});

test('the world of a day is the same every time, about sixty service principals large, and what was expired stays expired', () => {
  const [a, b] = [northwindWorld(new Date('2026-09-15T00:00:00Z')), northwindWorld(new Date('2026-09-15T23:59:59Z'))];
  expect(JSON.stringify([a, [...a.owners]])).toBe(JSON.stringify([b, [...b.owners]]));
  expect(a.servicePrincipals.length).toBeGreaterThanOrEqual(55);
  const later = northwindWorld(new Date('2031-01-01T00:00:00Z'));
  const legacy = later.applications.find((application) => application['displayName'] === 'Legacy Export');
  expect(JSON.stringify(legacy?.['passwordCredentials'])).toContain('"endDateTime":"2030-12-27T00:00:00Z"');
});

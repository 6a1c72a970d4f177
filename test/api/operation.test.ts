import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { App } from '../../api/app.ts';
import type { CallerSource } from '../../api/caller.ts';
import type { AppEnv } from '../../api/context.ts';
import { networkOf } from '../../api/network.ts';
import { problemSchema } from '../../api/schemas/common.ts';
import type { Intake } from '../../broker/intake.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { appUnderTest } from './app-under-test.ts';

const rates = (over: object) => ({
  limits: { bodyBytes: 1_024, ingestBytes: 1_024, rates: { reads: 100, writes: 100, strangers: 100, ...over } },
});

describe('rate limits', () => {
  it('a caller who asks too often is told when to come back, and another is not touched', async () => {
    let user = 'ada';
    const callers = { callerOf: async () => ({ user_id: user, roles: ['super_admin' as const], by: 'token' as const }) };
    const { app, asked } = appUnderTest({ deps: { ...rates({ reads: 2 }), callers } });
    const ask = () => app.request('/api/v1/tenants');
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const read = asked.views.length;
    const refused = await ask();
    expect([refused.status, problemSchema.parse(await refused.json()).code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(asked.views).toHaveLength(read);
    user = 'bob';
    expect((await ask()).status).toBe(200);
  });

  it('who proves nothing is stopped, and nobody else of the same address', async () => {
    const callers: CallerSource = {
      callerOf: async ({ headers }) => (headers.has('authorization') ? { user_id: 'ada', roles: ['super_admin'], by: 'token' } : null),
    };
    const { app, asked } = appUnderTest({ deps: { ...rates({ strangers: 3 }), callers } });
    const ask = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
    const statuses: number[] = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await ask('/api/v1/tenants')).status);
    expect([statuses, asked.views]).toEqual([[401, 401, 401, 429, 429], []]);
    // Behind a proxy all have one address.
    expect((await ask('/api/v1/tenants', { authorization: 'Bearer known' })).status).toBe(200);
    expect((await ask('/livez')).status).toBe(200);
    const refused = await ask('/api/v1/tenants');
    expect(problemSchema.parse(await refused.json()).code).toBe('TOO_MANY_REQUESTS');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('pages that need no identity are limited before they are answered', async () => {
    const submitted: string[] = [];
    const describe = async (token: string): Promise<never> => {
      submitted.push(token);
      throw new NotFoundError('intake link', 'x');
    };
    const intake = { describe } as unknown as Intake;
    const { app } = appUnderTest({ deps: { ...rates({ strangers: 2 }), intake } });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const post = async () => (await app.request('/intake', { method: 'POST', headers, body: 'token=x' })).status;
    expect([await post(), await post(), await post(), submitted.length]).toEqual([404, 404, 429, 2]);
  });
});

describe('behind a proxy', () => {
  const from = (address: string) => ({ incoming: { socket: { remoteAddress: address } } });
  const trustedProxies = [networkOf('10.0.4.0/28') ?? expect.unreachable()];
  const ask = async (app: App, forwarded: string, peer = '10.0.4.7') =>
    (await app.request('/sign-in', { headers: { 'x-forwarded-for': forwarded } }, from(peer))).status;
  const signIn = new Hono<AppEnv>().get('/sign-in', (c) => c.text('here'));

  it('API-07: a stranger who asks for sign-ins without end shuts out himself, and no one else who comes through it', async () => {
    const { app } = appUnderTest({ deps: { ...rates({ strangers: 2 }), signIn, trustedProxies } });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push(await ask(app, `198.51.100.${n}, 203.0.113.9`));
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(await ask(app, '192.0.2.1')).toBe(200);
    // All of one customer's /64 are one.
    expect([await ask(app, '2001:db8::1'), await ask(app, '2001:db8::2'), await ask(app, '2001:db8::3')]).toEqual([200, 200, 429]);
    expect(await ask(app, '2001:db8:0:1::1')).toBe(200);
  });

  it('API-07: the header of a peer that is no proxy of ours is ignored: he cannot be somebody else each time', async () => {
    const { app } = appUnderTest({ deps: { ...rates({ strangers: 2 }), signIn, trustedProxies } });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push(await ask(app, `198.51.100.${n}`, '203.0.113.9'));
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});

describe('addresses', () => {
  it('API-06: a method that an address does not have is a 405 that names those it has', async () => {
    const { app } = appUnderTest();
    const refused = await app.request('/api/v1/tenants/acme', { method: 'DELETE' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, PATCH']);
    expect(problemSchema.parse(await refused.json()).code).toBe('METHOD_NOT_ALLOWED');
    expect((await app.request('/api/v1/nothing', { method: 'DELETE' })).status).toBe(404);
  });

  it('GATE-07: a gate without a body is none over every tenant', async () => {
    const { app } = appUnderTest();
    const refused = await app.request('/api/v1/admin/rematerialize', { method: 'POST' });
    expect([refused.status, problemSchema.parse(await refused.json()).problems]).toEqual([
      400,
      [{ field: 'body', expected: 'a JSON object; {} for every tenant' }],
    ]);
  });
});

describe('metrics', () => {
  it('counts by route and not by address, and knows runs and stages; no tenant is in it', async () => {
    const { app } = appUnderTest();
    await app.request('/api/v1/tenants/acme');
    await app.request('/api/v1/tenants/globex');
    const answer = await app.request('/metrics');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/sv0_http_requests_total\{method="GET",route="\/api\/v1\/tenants\/:id",status="200"\} 1/);
    expect(text).toContain('sv0_recent_runs{status="failed"} 2');
    expect(text).toContain('sv0_recent_stage_seconds{stage="__sync",quantile="0.95"} 2.5');
    expect(text).toContain('sv0_recent_credential_resolves{provider="env",outcome="granted",code=""} 7');
    expect(text).toContain('sv0_recent_credential_resolves{provider="env",outcome="refused",code="CREDENTIALS_REQUIRED"} 3');
    expect(text).not.toMatch(/acme|globex/);
  });

  it('UI-05: are for super-admins', async () => {
    expect((await appUnderTest({ deps: { callers: { callerOf: async () => null } } }).app.request('/metrics')).status).toBe(401);
  });
});

describe('the explorer', () => {
  it('API-06: comes from our own origin alone, without inline script', async () => {
    const { app } = appUnderTest();
    const page = await app.request('/api/v1/explorer');
    const html = await page.text();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<script>|https?:\/\/|\son[a-z]+=|style=/);
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources).toHaveLength(3);
    for (const source of sources) expect([source, (await app.request(source)).status]).toEqual([source, 200]);
  });
});

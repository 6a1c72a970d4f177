import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../api/schemas/common.ts';
import { AWS_SCOPE, RUN } from '../ui/records.ts';
import { appUnderTest } from './app-under-test.ts';

const START: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ scope_id: AWS_SCOPE, trigger: { type: 'manual_api' } }),
};
const withHeaders = (request: RequestInit, headers: Record<string, string>): RequestInit => ({
  ...request,
  headers: { ...(request.headers as Record<string, string>), ...headers },
});

describe('host', () => {
  it.each([
    'evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '169.254.169.254',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    '[::ffff:10.0.0.1]',
    '',
    'a b',
    'user@localhost',
  ])('API-07: a request for the host %j is refused on every route', async (host) => {
    const { app, asked } = appUnderTest();
    for (const path of ['/', '/healthz', '/operations/runs', '/api/v1/tenants', '/api/v1/openapi.json', '/nothing']) {
      const answer = await app.request(path, { headers: { host } });
      expect([path, answer.status]).toEqual([path, 421]);
    }
    expect(asked.views).toEqual([]);
  });

  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1:8080', '127.5.6.7', '[::1]:9', '[::ffff:127.0.0.1]'])(
    'API-07: %s is ours',
    async (host) => {
      expect((await appUnderTest().app.request('/healthz', { headers: { host } })).status).toBe(200);
    },
  );

  it('API-07: other names only when they are configured', async () => {
    const { app } = appUnderTest({ deps: { hosts: ['sv0.example.com'] } });
    expect((await app.request('/healthz', { headers: { host: 'SV0.example.com:443' } })).status).toBe(200);
    expect((await app.request('/healthz', { headers: { host: 'sub.sv0.example.com' } })).status).toBe(421);
  });
});

describe('writes from browsers', () => {
  const HOST = { host: 'localhost:8080' };
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:9999' },
    { origin: 'not a url' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://localhost:8080', 'sec-fetch-site': 'cross-site' },
  ])('a write that comes from %j is refused', async (headers) => {
    const { app, asked } = appUnderTest();
    const answer = await app.request('/api/v1/scan-runs', withHeaders(START, { ...HOST, ...headers } as Record<string, string>));
    expect(answer.status).toBe(403);
    expect(problemSchema.parse(await answer.json()).code).toBe('ORIGIN_REFUSED');
    expect(asked.starts).toEqual([]);
  });

  it('our own pages and clients that are no browsers may write; reads need no origin', async () => {
    const { app } = appUnderTest();
    expect(
      (
        await app.request(
          '/api/v1/scan-runs',
          withHeaders(START, { ...HOST, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }),
        )
      ).status,
    ).toBe(202);
    expect((await app.request('/api/v1/scan-runs', withHeaders(START, HOST))).status).toBe(202);
    expect((await app.request('/operations/runs', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200);
  });

  it('a page’s form needs the proof that a browser sends', async () => {
    const { app, asked } = appUnderTest();
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' };
    expect((await app.request(`/operations/runs/${RUN}/cancel`, form)).status).toBe(403);
    expect(asked.cancels).toEqual([]);
  });
});

describe('who may come in', () => {
  it('UI-05: without an identity nothing but health and static files answers; without the role neither', async () => {
    for (const [caller, status] of [
      [null, 401],
      [{ user_id: 'eve', roles: [], by: 'token' }, 403],
    ] as const) {
      const { app, asked } = appUnderTest({ deps: { callers: { callerOf: async () => caller } } });
      for (const path of [
        '/',
        '/operations/runs',
        `/operations/runs/${RUN}`,
        '/operations/findings',
        '/api/v1/tenants',
        '/api/v1/scan-runs?tenant_id=acme',
        '/api/v1/openapi.json',
      ]) {
        expect([path, (await app.request(path)).status]).toEqual([path, status]);
      }
      expect((await app.request('/api/v1/scan-runs', START)).status).toBe(status);
      expect((await app.request('/healthz')).status).toBe(200);
      expect([...asked.views, ...asked.starts]).toEqual([]);
    }
  });
});

describe('headers', () => {
  it.each(['/', '/operations/runs', '/api/v1/tenants', '/nothing', '/api/v1/nothing'])(
    '%s carries them, also when it fails',
    async (path) => {
      const { headers } = await appUnderTest().app.request(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy.split('; ')).toEqual([
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ]);
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.has('x-powered-by')).toBe(false);
    },
  );

  it('no two requests share an id, and a sender’s own is not taken', async () => {
    const { app } = appUnderTest();
    const ids = await Promise.all(
      [1, 2].map(async () => (await app.request('/healthz', { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')),
    );
    expect(new Set([...ids, 'mine']).size).toBe(3);
  });
});

describe('health', () => {
  it('readyz names what is away, and nothing more', async () => {
    const { app } = appUnderTest({
      deps: {
        health: {
          check: async () => [
            { name: 'mongodb', ok: true },
            { name: 'temporal', ok: false },
          ],
        },
      },
    });
    const answer = await app.request('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      {
        status: 'not_ready',
        dependencies: [
          { name: 'mongodb', ok: true },
          { name: 'temporal', ok: false },
        ],
      },
    ]);
    expect((await appUnderTest().app.request('/readyz')).status).toBe(200);
  });
});

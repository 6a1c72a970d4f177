import type { webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT, createLocalJWKSet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../api/deps.ts';
import { createCallers } from '../../api/identity/callers.ts';
import { createLocalIssuer } from '../../api/identity/local-issuer.ts';
import { createSessions } from '../../api/identity/session.ts';
import { pathOf, signInRoutes } from '../../api/identity/sign-in.tsx';
import type { TrustedIssuer } from '../../api/identity/token.ts';
import { problemSchema } from '../../api/schemas/common.ts';
import { NOW } from '../ui/records.ts';
import { endedSessions } from '../support/callers.ts';
import { appUnderTest } from './app-under-test.ts';

const ISSUER = 'https://issuer.example/';
const AUDIENCE = 'sv0-api';
const KEY = new Uint8Array(32).fill(7);
let keys: { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey };
let others: typeof keys;
let trusted: TrustedIssuer;
let time = NOW;
const now = (): Date => time;
const seconds = (): number => Math.floor(now().getTime() / 1_000);

beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  others = await generateKeyPair('RS256');
  const jwk: JWK = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256' };
  trusted = {
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: createLocalJWKSet({ keys: [jwk] }),
    roleClaim: 'https://sv0.example/claims.role',
    roleNames: { super_admin: 'admin', deploy_gate: 'ci' },
  };
});

interface Wanted {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly exp?: number | null;
  readonly sub?: string | null;
  readonly key?: webcrypto.CryptoKey;
  readonly kid?: string;
}

async function tokenOf({ claims, issuer = ISSUER, audience = AUDIENCE, exp, sub = 'ada', key, kid = 'k1' }: Wanted = {}): Promise<string> {
  const jwt = new SignJWT(claims ?? { [trusted.roleClaim]: ['admin'] })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(issuer)
    .setAudience(audience);
  if (sub !== null) jwt.setSubject(sub);
  if (exp !== null) jwt.setExpirationTime(exp ?? seconds() + 600);
  return await jwt.sign(key ?? keys.privateKey);
}

const guarded = () => {
  const sessions = createSessions({ key: KEY, secure: false, ended: endedSessions(), now });
  // Every route is asked many times over: the limits have tests of their own.
  const rates = { reads: 100_000, writes: 100_000, strangers: 100_000 };
  return appUnderTest({ deps: { callers: createCallers(trusted, sessions, now), limits: { ...DEFAULT_LIMITS, rates } } });
};
const asking = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

/** Every operation of the document, with parameters of a row that is there: a route that is added is asked too. */
async function operations(app: ReturnType<typeof guarded>['app'], token: string) {
  const document = (await (await app.request('/api/v1/openapi.json', asking(token))).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => ({ method: verb.toUpperCase(), path: path.replaceAll(/\{[a-z_]+\}/g, 'a'.repeat(64)) })),
  );
  return [
    ...routes,
    { method: 'GET', path: '/api/v1/openapi.json' },
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/operations/runs' },
  ];
}

describe('bearer tokens', () => {
  it('API-04: every route refuses what is no token of the issuer, and nothing is read or written', async () => {
    const { app, asked } = guarded();
    const all = await operations(app, await tokenOf());
    expect(all.length).toBeGreaterThan(25);
    const rsa = await exportJWK(keys.publicKey);
    const bad: Record<string, string | null> = {
      'no token': null,
      'wrong audience': await tokenOf({ audience: 'another-service' }),
      'no audience of ours': await tokenOf({ audience: ['x', 'sv0'] }),
      'wrong issuer': await tokenOf({ issuer: 'https://issuer.example' }),
      expired: await tokenOf({ exp: seconds() - 31 }),
      'no expiry': await tokenOf({ exp: null }),
      'no subject': await tokenOf({ sub: null }),
      'a subject that cannot be recorded': await tokenOf({ sub: 'a\nb' }),
      'another key': await tokenOf({ key: others.privateKey }),
      'an unknown key': await tokenOf({ key: others.privateKey, kid: 'k2' }),
      'alg none': new UnsecuredJWT({ [trusted.roleClaim]: 'admin' })
        .setSubject('ada')
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setExpirationTime(seconds() + 60)
        .encode(),
      'the public key as a shared secret': await new SignJWT({ [trusted.roleClaim]: 'admin' })
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .setSubject('ada')
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setExpirationTime(seconds() + 60)
        .sign(new TextEncoder().encode(rsa.n)),
      'no token at all': 'not.a.token',
    };
    for (const [what, token] of Object.entries(bad)) {
      for (const { method, path } of all) {
        const answer = await app.request(path, { method, ...(token === null ? {} : asking(token)) });
        expect([what, method, path, answer.status]).toEqual([what, method, path, 401]);
      }
      const problem = problemSchema.parse(await (await app.request('/api/v1/tenants', token === null ? {} : asking(token))).json());
      expect([what, problem.code]).toEqual([
        what,
        token === null ? 'NOT_SIGNED_IN' : what === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_REFUSED',
      ]);
    }
    expect([...asked.views, ...asked.starts, ...asked.gates, ...asked.written, ...asked.ingests]).toEqual([]);
  });

  it('GATE-07 UI-05: a token without the super-admin role opens nothing; the deploy gate’s opens its one route', async () => {
    const { app, asked } = guarded();
    const all = await operations(app, await tokenOf());
    for (const roles of [[], ['viewer'], ['super_admin'], ['ci'], 'ci']) {
      const token = await tokenOf({ claims: { [trusted.roleClaim]: roles, roles: ['admin'] } });
      for (const { method, path } of all.filter((route) => route.path !== '/api/v1/admin/rematerialize')) {
        expect([roles, method, path, (await app.request(path, { method, ...asking(token) })).status]).toEqual([roles, method, path, 403]);
      }
    }
    expect([...asked.views, ...asked.starts, ...asked.gates, ...asked.written, ...asked.ingests]).toEqual([]);
  });

  it('API-04: the role may be one or a list, under a name with dots or down a path', async () => {
    const { app } = guarded();
    for (const claims of [
      { [trusted.roleClaim]: 'admin' },
      { [trusted.roleClaim]: ['other', 'admin'] },
      { 'https://sv0': { 'example/claims': { role: 'admin' } } },
    ])
      expect((await app.request('/api/v1/tenants', asking(await tokenOf({ claims })))).status).toBe(200);
  });

  it('API-04: when the issuer’s keys cannot be had, the answer is "not now" and not "no"', async () => {
    const sessions = createSessions({ key: KEY, secure: false, ended: endedSessions(), now });
    const away = { ...trusted, keys: () => Promise.reject(new TypeError('fetch failed')) };
    const { app, asked } = appUnderTest({ deps: { callers: createCallers(away, sessions, now) } });
    const answer = await app.request('/api/v1/tenants', asking(await tokenOf()));
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'ISSUER_UNAVAILABLE']);
    expect(asked.views).toEqual([]);
  });
});

describe('the local issuer', () => {
  const local = async () => {
    const issuer = await createLocalIssuer({ host: '127.0.0.1', issuerConfigured: false, now });
    const recorded: string[] = [];
    const sessions = createSessions({ key: KEY, secure: false, ended: endedSessions(), now });
    const signIn = signInRoutes({
      sessions,
      audit: { record: async ({ action, actor }) => void recorded.push(`${action} ${actor}`) },
      way: { kind: 'local', issuer, now },
    });
    return { issuer, recorded, ...appUnderTest({ deps: { callers: createCallers(issuer.trusted, sessions, now), signIn } }) };
  };
  const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

  it.each([
    [{ host: '0.0.0.0', issuerConfigured: false }, 'SV0_API_HOST'],
    [{ host: '10.1.2.3', issuerConfigured: false }, 'SV0_API_HOST'],
    [{ host: '127.0.0.1', issuerConfigured: true }, 'SV0_OIDC_ISSUER'],
  ])('API-07: is not brought with %j', async (options, field) => {
    await expect(createLocalIssuer({ ...options, now })).rejects.toMatchObject({ code: 'LOCAL_ISSUER_REFUSED', field });
  });

  it('UI-05: a link signs in once, within five minutes; the session ends after eight hours; every step is recorded', async () => {
    const { app, issuer, recorded } = await local();
    time = NOW;
    const code = issuer.code();
    const opened = await app.request(`/sign-in/local?code=${code}`);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
    const flags = opened.headers.get('set-cookie') ?? '';
    for (const flag of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=28800']) expect(flags).toContain(flag);
    const cookie = cookieOf(opened);
    expect((await app.request('/operations/runs', { headers: { cookie } })).status).toBe(200);
    expect((await app.request(`/sign-in/local?code=${code}`)).status).toBe(410);
    const late = issuer.code();
    time = new Date(NOW.getTime() + 5 * 60_000);
    expect((await app.request(`/sign-in/local?code=${late}`)).status).toBe(410);
    expect((await app.request('/sign-in/local?code=')).status).toBe(410);
    time = new Date(NOW.getTime() + 8 * 3_600_000 + 1_000);
    expect((await app.request('/operations/runs', { headers: { cookie } })).status).toBe(401);
    time = NOW;
    expect(recorded).toEqual(['session.signed_in local-operator', ...Array.from({ length: 3 }, () => 'session.refused unknown')]);
  });

  it('UI-05: a session cookie that is touched, of another key, or made for something else is none', async () => {
    const { app, issuer } = await local();
    const cookie = cookieOf(await app.request(`/sign-in/local?code=${issuer.code()}`));
    const [name, value = ''] = [cookie.slice(0, 3), cookie.slice(4)];
    const flipped = `${value.slice(0, -2)}${value.at(-2) === 'A' ? 'B' : 'A'}${value.at(-1)}`;
    for (const bad of [`${name}=${flipped}`, `${name}=`, 'sv0=x.y.z', `sv0-sign-in=${value}`])
      expect((await app.request('/operations/runs', { headers: { cookie: bad } })).status).toBe(401);
    const sessions = createSessions({ key: new Uint8Array(32).fill(8), secure: false, ended: endedSessions(), now });
    const { app: other } = appUnderTest({ deps: { callers: createCallers(issuer.trusted, sessions, now) } });
    expect((await other.request('/operations/runs', { headers: { cookie } })).status).toBe(401);
  });

  it('UI-05: with a cookie a write must come from our own page; sign-out ends the session, also for a copy of its cookie, and no other', async () => {
    const { app, asked, issuer, recorded } = await local();
    const cookie = cookieOf(await app.request(`/sign-in/local?code=${issuer.code()}`));
    const other = cookieOf(await app.request(`/sign-in/local?code=${issuer.code()}`));
    const start = { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: '{}' };
    expect((await app.request('/api/v1/scan-runs', start)).status).toBe(403);
    expect((await app.request('/sign-out', { method: 'POST', headers: { cookie } })).status).toBe(403);
    const out = await app.request('/sign-out', { method: 'POST', headers: { cookie, origin: 'http://localhost' } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([200, 'sv0=; Max-Age=0; Path=/']);
    expect((await app.request('/operations/runs', { headers: { cookie } })).status).toBe(401);
    expect((await app.request('/operations/runs', { headers: { cookie: other } })).status).toBe(200);
    expect(recorded.at(-1)).toBe('session.signed_out local-operator');
    expect(asked.starts).toEqual([]);
  });

  it('UI-05: a person without a session is led to the sign-in and told what to do; a program gets a problem', async () => {
    const { app } = await local();
    const led = await app.request('/operations/runs?status=failed', { headers: { accept: 'text/html' } });
    expect([led.status, led.headers.get('location')]).toEqual([303, '/sign-in?to=%2Foperations%2Fruns%3Fstatus%3Dfailed']);
    expect(await (await app.request('/sign-in')).text()).toContain('npm run sv0 -- sign-in');
    const refused = await app.request('/api/v1/tenants', { headers: { accept: 'text/html' } });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('API-07: a token of the state folder gets new links; nothing else does', async () => {
    const { app, issuer } = await local();
    const ask = (token: string) => app.request('/sign-in/link', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    const { path } = (await (await ask(await issuer.token('cli', 'super_admin', 60))).json()) as { path: string };
    expect((await app.request(path)).status).toBe(303);
    expect((await ask(await issuer.token('ci', 'deploy_gate', 60))).status).toBe(401);
    expect(
      (await ask(await (await createLocalIssuer({ host: '::1', issuerConfigured: false, now })).token('x', 'super_admin', 60))).status,
    ).toBe(401);
  });

  it.each([
    ['/operations/runs?a=b', '/operations/runs?a=b'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/a\nb', '/'],
    ['', '/'],
    [undefined, '/'],
  ])('after the sign-in %j leads to %s', (to, path) => {
    expect(pathOf(to)).toBe(path);
  });
});

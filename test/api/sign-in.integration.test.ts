/** The sign-in of browsers against an issuer over HTTP: what it must refuse, as much as what it lets in. */
import { createHash, type webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCallers } from '../../api/identity/callers.ts';
import { createOidcClient } from '../../api/identity/oidc-client.ts';
import { createSessions } from '../../api/identity/session.ts';
import { signInRoutes } from '../../api/identity/sign-in.tsx';
import { remoteKeys } from '../../api/identity/token.ts';
import { endedSessions } from '../support/callers.ts';
import { appUnderTest } from './app-under-test.ts';

const CLIENT = 'sv0-pages';
let issuer: string;
let server: Server;
let keys: { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey };
let others: typeof keys;
/** What the issuer will say for the next code, and which challenge it was given for. */
let next: {
  readonly challenge: string;
  readonly nonce: string;
  readonly claims: Record<string, unknown>;
  readonly key: webcrypto.CryptoKey;
  readonly access?: Record<string, unknown>;
};

const signed = (claims: Record<string, unknown>, audience: string, key: webcrypto.CryptoKey): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('ada')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);

beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  others = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  server = createServer(async (request, response) => {
    const say = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration')
      return say(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      });
    if (request.url === '/jwks') return say(200, { keys: [jwk] });
    const form = new URLSearchParams(await text(request));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (request.url !== '/token' || challenge !== next.challenge) return say(400, { error: 'invalid_grant' });
    return say(200, {
      token_type: 'Bearer',
      access_token: next.access === undefined ? 'opaque' : await signed(next.access, 'sv0-api', keys.privateKey),
      id_token: await signed({ nonce: next.nonce, ...next.claims }, CLIENT, next.key),
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const pages = () => {
  const now = (): Date => new Date();
  const sessions = createSessions({ key: new Uint8Array(32).fill(3), secure: true, ended: endedSessions(), now });
  const recorded: string[] = [];
  const trusted = {
    issuer,
    audience: 'sv0-api',
    keys: remoteKeys(async () => new URL(`${issuer}/jwks`)),
    roleClaim: 'role',
    roleNames: { super_admin: 'admin', deploy_gate: 'ci' },
  };
  const client = createOidcClient({ issuer: new URL(issuer), clientId: CLIENT, publicUrl: new URL('https://sv0.example'), trusted, now });
  const audit = { record: async ({ action, actor }: { action: string; actor: string }) => void recorded.push(`${action} ${actor}`) };
  const signIn = signInRoutes({ sessions, audit, way: { kind: 'oidc', client } });
  return { recorded, ...appUnderTest({ deps: { callers: createCallers(trusted, sessions, now), signIn, hosts: ['sv0.example'] } }) };
};
type Pages = ReturnType<typeof pages>['app'];
const cookies = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

async function leave(app: Pages, to = '/operations/findings') {
  const left = await app.request(`https://sv0.example/sign-in?to=${encodeURIComponent(to)}`);
  const at = new URL(left.headers.get('location') ?? '');
  return {
    left,
    at,
    cookie: cookies(left),
    state: at.searchParams.get('state') ?? '',
    nonce: at.searchParams.get('nonce') ?? '',
    challenge: at.searchParams.get('code_challenge') ?? '',
  };
}
const back = async (app: Pages, state: string, cookie: string) =>
  app.request(`https://sv0.example/sign-in/callback?code=c&state=${state}`, { headers: { cookie } });

it('API-04 UI-05: leaves with PKCE, state and nonce, comes back with a session, and ends where it began', async () => {
  const { app, recorded } = pages();
  const { at, left, cookie, state, nonce, challenge } = await leave(app);
  expect(Object.fromEntries(at.searchParams)).toMatchObject({
    client_id: CLIENT,
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: 'https://sv0.example/sign-in/callback',
  });
  for (const flag of ['__Host-sv0-sign-in=', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(left.headers.get('set-cookie')).toContain(flag);
  next = { challenge, nonce, claims: { role: 'admin' }, key: keys.privateKey };
  const arrived = await back(app, state, cookie);
  expect([arrived.status, arrived.headers.get('location')]).toEqual([303, '/operations/findings']);
  expect(cookies(arrived)).toContain('__Host-sv0=');
  expect((await app.request('https://sv0.example/operations/findings', { headers: { cookie: cookies(arrived) } })).status).toBe(200);
  expect(recorded).toEqual(['session.signed_in ada']);
});

it('API-04: a role that is only in the access token counts when that is for us', async () => {
  const { app } = pages();
  const { cookie, state, nonce, challenge } = await leave(app);
  next = { challenge, nonce, claims: {}, key: keys.privateKey, access: { role: 'admin' } };
  expect((await back(app, state, cookie)).status).toBe(303);
});

it('API-04: another state, browser, nonce, key, code or role is refused, recorded, and gives no session', async () => {
  const { app, recorded } = pages();
  const cases: readonly (readonly [string, number, (first: Awaited<ReturnType<typeof leave>>) => Promise<Response>])[] = [
    ['another state', 403, ({ cookie }) => back(app, 'other', cookie)],
    ['another browser', 410, ({ state }) => back(app, state, '')],
    [
      'another nonce',
      403,
      ({ cookie, state, challenge }) => (
        (next = { challenge, nonce: 'x', claims: { role: 'admin' }, key: keys.privateKey }), back(app, state, cookie)
      ),
    ],
    [
      'another key',
      403,
      ({ cookie, state, nonce, challenge }) => (
        (next = { challenge, nonce, claims: { role: 'admin' }, key: others.privateKey }), back(app, state, cookie)
      ),
    ],
    [
      'another verifier',
      403,
      ({ cookie, state, nonce }) => (
        (next = { challenge: 'x', nonce, claims: { role: 'admin' }, key: keys.privateKey }), back(app, state, cookie)
      ),
    ],
    [
      'another role',
      403,
      ({ cookie, state, nonce, challenge }) => (
        (next = { challenge, nonce, claims: { role: 'ci' }, key: keys.privateKey }), back(app, state, cookie)
      ),
    ],
  ];
  for (const [what, status, come] of cases) {
    const answer = await come(await leave(app));
    expect([what, answer.status, cookies(answer).includes('__Host-sv0=')]).toEqual([what, status, false]);
  }
  expect(recorded).toEqual([...Array.from({ length: 4 }, () => 'session.refused unknown'), 'session.refused ada']);
});

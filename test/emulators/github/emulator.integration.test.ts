import { createAppAuth } from '@octokit/auth-app';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseLinks } from '../../../connectors/sdk/http/links.ts';
import { DEMO_GITHUB_APP, DEMO_GITHUB_TOKENS, type GithubEmulatorOptions } from '../../../emulators/github/options.ts';
import { type RunningGithubEmulator, startGithubEmulator } from '../../../emulators/github/server.ts';
import { githubWorlds } from '../../../emulators/github/world.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { appJwt } from './support.ts';

const ORG = NORTHWIND.github.organization;
const INSTALLATION = DEMO_GITHUB_APP.installations[ORG] ?? 0;
const running: RunningGithubEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

async function start(options: GithubEmulatorOptions = {}): Promise<RunningGithubEmulator> {
  const emulator = await startGithubEmulator(options);
  running.push(emulator);
  return emulator;
}

async function ask(emulator: RunningGithubEmulator, path: string, token: string = DEMO_GITHUB_TOKENS[ORG], init: RequestInit = {}) {
  const response = await fetch(path.startsWith('http') ? path : `${emulator.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown> & { id: number; name: string }[],
  };
}

async function mint(emulator: RunningGithubEmulator, jwt: string, body: object = {}, id = INSTALLATION) {
  return ask(emulator, `/app/installations/${id}/access_tokens`, jwt, { method: 'POST', body: JSON.stringify(body) });
}

describe('worlds', () => {
  it('are the same on every start, and hold what the story names', () => {
    const now = new Date('2026-09-01T00:00:00Z');
    const worlds = githubWorlds(now);
    expect(JSON.stringify(githubWorlds(now))).toBe(JSON.stringify(worlds));
    const [northwind, contoso] = worlds;
    expect(northwind?.repositories.length).toBeGreaterThanOrEqual(40);
    expect(contoso?.repositories.length).toBeGreaterThanOrEqual(33);
    expect(northwind?.repositories.find(({ name }) => name === 'deploy-infra')).toMatchObject({ id: NORTHWIND.github.deployRepository.id });
    expect(contoso?.repositories.find(({ name }) => name === 'ledger')).toMatchObject({ id: CONTOSO.github.ledgerRepository.id });
    for (const { repositories, installations } of worlds) {
      expect(new Set(repositories.map(({ id }) => id)).size).toBe(repositories.length);
      expect(new Set(repositories.map(({ name }) => name)).size).toBe(repositories.length);
      expect(new Set(installations.map(({ id }) => id)).size).toBe(installations.length);
    }
  });
});

describe('reading', () => {
  it('pages by links that go by id, and bounds per_page', async () => {
    const emulator = await start({ nasty: { maxPerPage: 20 } });
    const first = await ask(emulator, `/orgs/${ORG}/repos?per_page=500`);
    expect(first.body).toHaveLength(20);
    const links = parseLinks(first.headers.get('link') ?? undefined);
    expect(links.get('next')).toMatch(new RegExp(`^${emulator.url}/organizations/${NORTHWIND.github.organizationId}/repos\\?.*page=2`));
    const second = await ask(emulator, links.get('next') ?? '');
    const third = await ask(emulator, parseLinks(second.headers.get('link') ?? undefined).get('next') ?? '');
    expect(new Set([first, second, third].flatMap(({ body }) => body.map(({ id }) => id))).size).toBe(41);
    expect(parseLinks(third.headers.get('link') ?? undefined).has('next')).toBe(false);
    expect(first.headers.get('x-ratelimit-remaining')).toMatch(/^\d+$/);
  });

  it('puts an empty page in between, when asked to', async () => {
    const emulator = await start({ nasty: { emptyPages: true, maxPerPage: 30 } });
    const empty = await ask(emulator, `/orgs/${ORG}/repos?page=2`);
    expect(empty.body).toEqual([]);
    const rest = await ask(emulator, parseLinks(empty.headers.get('link') ?? undefined).get('next') ?? '');
    expect(rest.body).toHaveLength(11);
    expect(emulator.counters['empty_pages']).toBe(1);
  });

  it("gives no organization to another one's token, and nothing to none", async () => {
    const emulator = await start();
    expect((await ask(emulator, `/orgs/${CONTOSO.github.organization}/repos`)).status).toBe(404);
    expect((await ask(emulator, `/repos/${CONTOSO.github.organization}/ledger/keys`)).status).toBe(404);
    expect((await ask(emulator, `/orgs/${ORG}/repos`, 'nobody')).status).toBe(401);
    expect(emulator.counters['bad_credentials']).toBe(1);
  });

  it('CONN-03: refuses and counts every write', async () => {
    const emulator = await start();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(
        (await ask(emulator, `/repos/${ORG}/deploy-infra/actions/workflows/release.yml/dispatches`, undefined, { method })).status,
      ).toBe(403);
    }
    expect(emulator.counters['write_attempts']).toBe(4);
  });
});

describe('a GitHub App', () => {
  it('CRED-18: mints a token for its installation, and reads with it what it was granted', async () => {
    const emulator = await start();
    const jwt = await appJwt(emulator, DEMO_GITHUB_APP.appId);
    const installation = await ask(emulator, `/app/installations/${INSTALLATION}`, jwt);
    expect(installation.body['account']).toMatchObject({ id: NORTHWIND.github.organizationId, login: ORG });
    const found = await ask(emulator, `/orgs/${ORG}/installation`, jwt);
    expect(found.body['id']).toBe(INSTALLATION);
    const { status, body } = await mint(emulator, jwt);
    expect(status).toBe(201);
    expect(Date.parse(String(body['expires_at'])) - Date.now()).toBeGreaterThan(3_500_000);
    expect((await ask(emulator, `/repos/${ORG}/deploy-infra/keys`, String(body['token']))).status).toBe(200);
    expect((await ask(emulator, `/orgs/${CONTOSO.github.organization}/repos`, String(body['token']))).status).toBe(404);
  });

  it('CRED-18: narrows permissions and repositories, and grants no more than the installation has', async () => {
    const emulator = await start();
    const jwt = await appJwt(emulator, DEMO_GITHUB_APP.appId);
    const { body } = await mint(emulator, jwt, { permissions: { actions: 'read' }, repository_ids: [NORTHWIND.github.syncRepository.id] });
    expect(body).toMatchObject({ permissions: { actions: 'read', metadata: 'read' }, repository_selection: 'selected' });
    const token = String(body['token']);
    expect((await ask(emulator, `/orgs/${ORG}/repos`, token)).body.map(({ name }) => name)).toEqual(['customer-sync']);
    expect((await ask(emulator, `/repos/${ORG}/deploy-infra/actions/workflows`, token)).status).toBe(404);
    expect((await ask(emulator, `/repos/${ORG}/customer-sync/actions/workflows`, token)).status).toBe(200);
    expect((await ask(emulator, `/repos/${ORG}/customer-sync/keys`, token)).status).toBe(403);
    expect((await mint(emulator, jwt, { permissions: { actions: 'write' } })).status).toBe(422);
    expect((await mint(emulator, jwt, { permissions: { members: 'read' } })).status).toBe(422);
    expect((await mint(emulator, jwt, { repository_ids: [CONTOSO.github.ledgerRepository.id] })).status).toBe(422);
    expect(emulator.counters['refused_mints']).toBe(3);
  });

  it('CRED-18: takes a good JWT of that App only', async () => {
    const emulator = await start();
    const app = DEMO_GITHUB_APP.appId;
    const refused = [
      await appJwt(emulator, app, { exp: 3_600 }),
      await appJwt(emulator, app, { exp: -10 }),
      await appJwt(emulator, app, { iat: 300, exp: 500 }),
      await appJwt(emulator, app, { signedBy: NORTHWIND.github.appId }),
      await appJwt(emulator, app, { algorithm: 'RS384' }),
      await appJwt(emulator, 999, { signedBy: app }),
      'not-a-jwt',
      DEMO_GITHUB_TOKENS[ORG],
    ];
    for (const jwt of refused) expect((await mint(emulator, jwt)).status).toBe(401);
    expect(emulator.counters['refused_jwts']).toBe(refused.length);
    expect((await mint(emulator, await appJwt(emulator, NORTHWIND.github.appId), {}, INSTALLATION)).status).toBe(404);
    expect(emulator.counters['access_tokens']).toBeUndefined();
  });

  it("works with GitHub's own client library", async () => {
    const emulator = await start();
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => real(url.replace('https://api.github.com', emulator.url), init));
    try {
      const auth = createAppAuth({ appId: DEMO_GITHUB_APP.appId, privateKey: emulator.appPrivateKey(DEMO_GITHUB_APP.appId) });
      const { token, permissions } = await auth({ type: 'installation', installationId: INSTALLATION, permissions: { contents: 'read' } });
      expect(permissions).toMatchObject({ contents: 'read' });
      expect((await ask(emulator, `/orgs/${ORG}/repos`, token)).status).toBe(200);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('a token is not known at once, and not for ever, when asked to', async () => {
    const emulator = await start({ nasty: { freshTokenMs: 500, tokenLifetimeMs: 1_500 } });
    const { body } = await mint(emulator, await appJwt(emulator, DEMO_GITHUB_APP.appId));
    const read = async (): Promise<number> => (await ask(emulator, `/orgs/${ORG}/repos`, String(body['token']))).status;
    const seen: number[] = [];
    for (const until = Date.now() + 20_000; Date.now() < until && !(seen.includes(200) && seen.at(-1) === 401); ) {
      seen.push(await read());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([seen[0], seen.includes(200), seen.at(-1)]).toEqual([401, true, 401]);
    expect(emulator.counters['fresh_token_refused']).toBeGreaterThan(0);
    expect(emulator.counters['expired_token_refused']).toBeGreaterThan(0);
  });
});

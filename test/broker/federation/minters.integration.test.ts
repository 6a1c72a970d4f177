/** What each federation provider asks the source for, on the wire, and what it refuses to hand to a child. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { minterOf } from '../../../broker/providers/federation/available.ts';
import { createEntraApp } from '../../../broker/providers/federation/entra-app.ts';
import { createGithubApp } from '../../../broker/providers/federation/github-app.ts';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import type { BindingTarget, TargetedBinding } from '../../../domain/federation/types.ts';
import { instanceId, tenantId } from '../../../domain/ids.ts';
import { DEMO_GITHUB_APP } from '../../../emulators/github/options.ts';
import { githubWorlds } from '../../../emulators/github/world.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import { customerCreatesStack, ENTRA_ROLES, NOW, OTHER_DIRECTORY, type SourceOptions, type Sources, startSources } from './support.ts';

let sources: Sources | undefined;
const closers: (() => void)[] = [];
afterEach(async () => {
  await sources?.close();
  sources = undefined;
  for (const close of closers.splice(0)) close();
});

const EXTERNAL_ID = `sv0-${'e'.repeat(43)}`;
const { organization, organizationId } = NORTHWIND.github;

function bindingTo(target: BindingTarget): TargetedBinding {
  return {
    tenant_id: tenantId('t'),
    instance_id: instanceId('i'),
    provider: target.provider,
    target,
    external_id: EXTERNAL_ID,
    state: 'active',
    version: 1,
    probes: [],
    created_at: NOW,
    changed_at: NOW,
    activated_at: NOW,
  };
}

const TARGETS = {
  aws: { provider: 'aws_assume_role', role_arn: `arn:aws:iam::${NORTHWIND.aws.account}:role/sv0-reader` },
  entra: { provider: 'entra_app', entra_tenant_id: NORTHWIND.entra.tenantId },
  github: { provider: 'github_app', installation_id: DEMO_GITHUB_APP.installations[organization] ?? 0, account_id: organizationId },
} as const satisfies Record<string, BindingTarget>;
const MANIFESTS: Record<keyof typeof TARGETS, ConnectorManifest> = { aws: awsManifest, entra: entraManifest, github: githubManifest };

async function opened(options: SourceOptions = {}): Promise<Sources> {
  await sources?.close();
  sources = await startSources(options);
  sources.consents.set(NORTHWIND.entra.tenantId, ENTRA_ROLES);
  customerCreatesStack(sources.aws, NORTHWIND.aws.account, EXTERNAL_ID);
  return sources;
}

const mint = (from: Sources, source: keyof typeof TARGETS, inSeconds: number | null = null, manifest = MANIFESTS[source]) =>
  minterOf(from.minters, TARGETS[source].provider).mint({
    binding: bindingTo(TARGETS[source]),
    manifest,
    session: 'sv0-run-1',
    deadline: inSeconds === null ? null : new Date(Date.now() + inSeconds * 1000),
  });

/** A server that answers as it is told; its address. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => server.close().closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const entraAt = (url: string) =>
  createEntraApp({
    clientId: 'c',
    authorityUrl: url,
    graphUrl: url,
    proof: () => Promise.resolve({ client_secret: 'ours' }),
    now: () => new Date(),
  });
const entraRequest = {
  binding: bindingTo(TARGETS.entra) as TargetedBinding<'entra_app'>,
  manifest: entraManifest,
  session: 's',
  deadline: null,
};

describe('what is minted', () => {
  it.each([
    ['aws', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']],
    ['entra', ['ENTRA_ACCESS_TOKEN']],
    ['github', ['GITHUB_TOKEN']],
  ] as const)(
    'CRED-18: %s: exactly the declared variables, with an end, new at every mint, and nothing of our own',
    async (source, names) => {
      const from = await opened();
      const [first, second] = [await mint(from, source, 600), await mint(from, source, 600)];
      expect(Object.keys(first.variables).sort()).toEqual(names);
      expect(first.expires_at?.getTime()).toBeGreaterThan(Date.now() + 600_000);
      // No cache: not even for one connection.
      const secret = names.at(-1) ?? '';
      expect(first.variables[secret]).not.toBe(second.variables[secret]);
      for (const own of from.ownSecrets) expect(JSON.stringify(first)).not.toContain(own);
    },
  );

  it('CRED-18: AWS: the session lives as long as the budget, and no shorter than STS gives', async () => {
    const from = await opened();
    const seconds = async (budget: number | null): Promise<number> =>
      Math.round((((await mint(from, 'aws', budget)).expires_at?.getTime() ?? 0) - Date.now()) / 1000);
    expect(await seconds(null)).toBeGreaterThan(895);
    expect(await seconds(null)).toBeLessThan(905);
    expect(await seconds(2_000)).toBeGreaterThan(2_020);
    // Longer than the role allows, and longer than AWS does.
    await expect(mint(from, 'aws', 9_000)).rejects.toMatchObject({ code: 'FEDERATION_TOO_SHORT', actor: 'customer' });
    await expect(mint(from, 'aws', 60_000)).rejects.toMatchObject({ code: 'FEDERATION_TOO_SHORT', actor: 'operator' });
    customerCreatesStack(from.aws, NORTHWIND.aws.account, EXTERNAL_ID, (template) => {
      (template.Resources.ReaderRole.Properties as { MaxSessionDuration: number }).MaxSessionDuration = 10_800;
    });
    expect(await seconds(9_000)).toBeGreaterThan(9_000);
  });

  it('CRED-18: a token that ends before the budget is refused before a child gets it', async () => {
    const from = await opened({ entra: { nasty: { tokenSeconds: 300 } }, github: { nasty: { tokenLifetimeMs: 300_000 } } });
    for (const source of ['entra', 'github'] as const) {
      await expect(mint(from, source, 1_800)).rejects.toMatchObject({ code: 'FEDERATION_TOO_SHORT', field: 'budget.max_runtime_seconds' });
      await expect(mint(from, source, 200)).resolves.toBeDefined();
    }
  });

  it('CRED-18: Entra: a token of another directory is dropped, whoever was asked; so is one that may write', async () => {
    const from = await opened({ entra: { nasty: { tokenTenant: OTHER_DIRECTORY } } });
    await expect(mint(from, 'entra')).rejects.toMatchObject({ code: 'FEDERATION_MISMATCH', actor: 'operator' });
    const other = await opened();
    other.consents.set(NORTHWIND.entra.tenantId, [...ENTRA_ROLES, 'Directory.ReadWrite.All']);
    await expect(mint(other, 'entra')).rejects.toMatchObject({ code: 'FEDERATION_TOO_WIDE', actor: 'customer' });
  });

  it('CRED-18: GitHub: the token has what the connector declares and not what the installation has besides', async () => {
    const from = await opened();
    const narrow: ConnectorManifest = {
      ...githubManifest,
      categories: githubManifest.categories.filter(({ name }) => name === 'repositories'),
    };
    const { variables } = await mint(from, 'github', null, narrow);
    const get = (path: string) => fetch(`${from.github.url}${path}`, { headers: { authorization: `Bearer ${variables['GITHUB_TOKEN']}` } });
    expect((await get(`/orgs/${organization}/repos`)).status).toBe(200);
    expect((await get(`/orgs/${organization}/actions/secrets`)).status).toBe(403);
    expect((await get('/orgs/contoso-bank/repos')).status).toBe(404);
  });

  it('CRED-19: GitHub: what a probe or a refused mint was given is revoked at once, not dropped', async () => {
    const worlds = githubWorlds(NOW).map((world) => ({
      ...world,
      installations: world.installations.map((one) => ({ ...one, permissions: { ...one.permissions, contents: 'write' as const } })),
    }));
    const from = await opened({ github: { worlds, nasty: { tokenLifetimeMs: 300_000 } } });
    const request = { binding: bindingTo(TARGETS.github), manifest: githubManifest, session: 's', deadline: null };
    const questions = minterOf(from.minters, 'github_app').questions({ ...request, source_tenant: organization });
    const given = () => [from.github.counters['access_tokens'], from.github.counters['revoked_tokens']];
    await questions.find(({ name }) => name === 'write_permission')?.ask();
    expect(given()).toEqual([1, 1]);
    await expect(mint(from, 'github', 1_800)).rejects.toMatchObject({ code: 'FEDERATION_TOO_SHORT' });
    expect(given()).toEqual([2, 2]);
    // What is handed to a child lives.
    await mint(from, 'github');
    expect(given()).toEqual([3, 2]);
  });

  it('CRED-20: a connector that declares writes gets no session at all', async () => {
    const from = await opened();
    const wide = (permission: string): ConnectorManifest => ({
      ...awsManifest,
      categories: [{ name: 'c', title: 'c', entities: [], edges: [], permissions: [permission] }],
    });
    await expect(mint(from, 'aws', null, wide('iam:CreateUser'))).rejects.toMatchObject({ code: 'MANIFEST_NOT_READ_ONLY' });
    await expect(mint(from, 'github', null, wide('Repository Contents: write'))).rejects.toMatchObject({ code: 'MANIFEST_NOT_READ_ONLY' });
    expect([from.aws.counters['sts:AssumeRole'], from.github.counters['access_tokens']]).toEqual([undefined, undefined]);
  });
});

describe('what goes wrong', () => {
  it('CRED-18: AWS throttles or fails: the stage may be tried again; our own key is not accepted: the operator acts', async () => {
    const busy = await opened({ aws: { nastiness: { throttle: { every: 1, forMs: 60_000 } } } });
    await expect(mint(busy, 'aws')).rejects.toMatchObject({ name: 'TransientError', code: 'FEDERATION_THROTTLED' });
    const down = await opened({ aws: { nastiness: { serverErrors: { every: 1, burst: 1 } } } });
    await expect(mint(down, 'aws')).rejects.toMatchObject({ name: 'TransientError', code: 'FEDERATION_UNAVAILABLE' });
    const strange = await opened({ aws: { nastiness: { expireAfter: 0 } } });
    await expect(mint(strange, 'aws')).rejects.toMatchObject({ code: 'FEDERATION_IDENTITY_REFUSED', actor: 'operator' });
  });

  it.each([
    ['a redirect', 302, { location: 'http://169.254.169.254/' }, '{}', 'FEDERATION_MALFORMED'],
    ['too many requests', 429, {}, '{}', 'FEDERATION_THROTTLED'],
    ['a server error', 503, {}, 'CANARY-body', 'FEDERATION_UNAVAILABLE'],
    ['no JSON', 200, {}, 'CANARY-body', 'FEDERATION_MALFORMED'],
    ['no token', 200, {}, '{"token_type":"Bearer"}', 'FEDERATION_MALFORMED'],
    ['an opaque token', 200, {}, '{"access_token":"CANARY-opaque","expires_in":3599}', 'FEDERATION_MALFORMED'],
    [
      'a wrong secret',
      401,
      {},
      '{"error":"invalid_client","error_codes":[7000215],"error_description":"CANARY-body"}',
      'FEDERATION_IDENTITY_REFUSED',
    ],
    ['an expired secret', 401, {}, '{"error":"invalid_client","error_codes":[7000222]}', 'FEDERATION_IDENTITY_REFUSED'],
    ['no consent', 401, {}, '{"error":"unauthorized_client","error_codes":[7000229]}', 'FEDERATION_ACCESS_REFUSED'],
    ['something else', 400, {}, '{"error":"invalid_request","error_codes":[1]}', 'FEDERATION_REFUSED'],
    ['an endless body', 200, {}, 'x'.repeat(400_000), 'FEDERATION_UNAVAILABLE'],
  ])('CRED-18: a token endpoint that answers %s: a stable code, and not a word of the answer', async (_, status, headers, body, code) => {
    const paths: string[] = [];
    const url = await answering((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    const failure = await entraAt(url)
      .mint(entraRequest)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/CANARY|ours/);
    expect(paths).toEqual([`/${NORTHWIND.entra.tenantId}/oauth2/v2.0/token`]);
  });

  it('CRED-18: GitHub: a wrong key is ours to mend; a secondary limit passes; a suspended installation is the customer’s', async () => {
    const from = await opened();
    const wrong = createGithubApp({ appId: DEMO_GITHUB_APP.appId, apiUrl: from.github.url, privateKey: from.github.appPrivateKey(1) });
    const binding = bindingTo(TARGETS.github) as TargetedBinding<'github_app'>;
    const request = { binding, manifest: githubManifest, session: 's', deadline: null };
    await expect(wrong.mint(request)).rejects.toMatchObject({ code: 'FEDERATION_IDENTITY_REFUSED', actor: 'operator' });
    const key = from.github.appPrivateKey(DEMO_GITHUB_APP.appId);
    const at = async (status: number, headers: Record<string, string>, body: unknown) => {
      const apiUrl = await answering((_, response) => response.writeHead(status, headers).end(JSON.stringify(body)));
      return createGithubApp({ appId: DEMO_GITHUB_APP.appId, apiUrl, privateKey: key });
    };
    await expect((await at(403, { 'retry-after': '60' }, {})).mint(request)).rejects.toMatchObject({ code: 'FEDERATION_THROTTLED' });
    const account = { id: organizationId, login: organization };
    const installation = { id: TARGETS.github.installation_id, app_id: DEMO_GITHUB_APP.appId, account, permissions: { metadata: 'read' } };
    const suspended = await at(200, {}, { ...installation, suspended_at: '2026-01-01T00:00:00Z' });
    await expect(suspended.mint(request)).rejects.toMatchObject({ code: 'FEDERATION_ACCESS_REFUSED', actor: 'customer' });
    const nothing = await at(200, {}, { ...installation, suspended_at: null, permissions: {} });
    await expect(nothing.mint(request)).rejects.toMatchObject({ code: 'FEDERATION_ACCESS_REFUSED' });
  });
});

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { graphEdge, graphEntity } from '../../../domain/graph/schema.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { ENTRA_CANARIES, type World } from '../../../emulators/entra/objects.ts';
import { DEMO_ENTRA_CLIENT, type EntraEmulatorOptions } from '../../../emulators/entra/options.ts';
import { startEntraEmulator } from '../../../emulators/entra/server.ts';
import { NORTHWIND_ENTRA_IDS as IDS, northwindWorld } from '../../../emulators/entra/world.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';
import { CATEGORIES, CLIENT_ENV, edgesFrom, FAST, find, NOW, scanEntra, TENANT } from './harness.ts';

const { customerSync, graphReporting, departedOwner } = NORTHWIND.entra;
const sortedUnique = (values: readonly string[]): string[] => [...new Set(values)].sort();
const open: { close(): Promise<void> }[] = [];

async function emulator(options: EntraEmulatorOptions = {}, world: World = northwindWorld(NOW)): Promise<RunningEmulator> {
  const running = await startEntraEmulator({ now: NOW, ...options }, world);
  open.push(running);
  return running;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

describe('a whole directory', () => {
  test('CONN-02, CONN-03: every category is read completely, with reads only, and every list is selected', async () => {
    const { url, counters } = await emulator();
    const scan = await scanEntra(url);
    expect(scan.exitCode).toBe(0);
    expect(Object.fromEntries(Object.entries(scan.cells).map(([name, cell]) => [name, [cell.status, cell.errors]]))).toEqual(
      Object.fromEntries(CATEGORIES.map((name) => [name, ['succeeded', []]])),
    );
    expect(counters['write_attempts'] ?? 0).toBe(0);
    expect(counters['without_select'] ?? 0).toBe(0);
    expect(counters['tokens_issued']).toBe(1);
    expect(counters['next_links']).toBeGreaterThan(5);
  });

  test('DATA-01: what it declares is what it emits, and all of it is a valid graph without loose ends', async () => {
    const { url } = await emulator();
    const scan = await scanEntra(url);
    const emitted = (category: string): object => ({
      entities: sortedUnique(scan.entities.filter((one) => one.category === category).map((one) => `${one.type}/${one.subtype}`)),
      edges: sortedUnique(scan.edges.filter((one) => one.category === category).map((one) => one.type)),
    });
    expect(Object.fromEntries(CATEGORIES.map((name) => [name, emitted(name)]))).toEqual(
      Object.fromEntries(
        entraManifest.categories.map((one) => [one.name, { entities: [...one.entities].sort(), edges: [...one.edges].sort() }]),
      ),
    );
    const known = new Set(scan.entities.map((entity) => `${entity.type} ${entity.native_id}`));
    for (const { kind: _, ...entity } of scan.entities as unknown as ({ kind: string } & object)[]) graphEntity.parse(entity);
    for (const { kind: _, ...edge } of scan.edges as unknown as ({ kind: string } & object)[]) graphEdge.parse(edge);
    const loose = scan.edges.flatMap((edge) => [edge.from, edge.to]).filter((end) => !known.has(`${end.type} ${end.native_id}`));
    expect(loose).toEqual([]);
    const ids = scan.edges.map((edge) => JSON.stringify([edge.from, edge.type, edge.to, edge.qualifier ?? null]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('DATA-02: two scans of the same directory give the same bytes, however it pages', async () => {
    const [one, two] = [await emulator(), await emulator({ nasty: { pageSize: 7, emptyPages: true } })];
    const [first, second] = [await scanEntra(one.url), await scanEntra(two.url)];
    expect(second.graph).toBe(first.graph);
    expect(two.counters['empty_pages']).toBeGreaterThan(10);
  });

  test('DATA-09: nothing of a secret comes home, and the credential is in no file', async () => {
    const { url } = await emulator();
    const scan = await scanEntra(url);
    const everything = scan.graph + JSON.stringify(scan.cells);
    expect(everything).toContain('ServiceNow reporting');
    for (const canary of [...Object.values(ENTRA_CANARIES), DEMO_ENTRA_CLIENT.clientSecret, 'CANARY'])
      expect(everything).not.toContain(canary);
  });
});

describe('relations that Graph cuts', () => {
  test('an owner beyond the twentieth is not lost, and neither is a federated credential', async () => {
    const world = northwindWorld(NOW);
    const trust = world.federatedIdentityCredentials.get(customerSync.appObjectId)?.[0] ?? {};
    const trusts = Array.from({ length: 21 }, (_, index) => ({ ...trust, id: `trust-${index}` }));
    const { url, counters } = await emulator(
      {},
      {
        ...world,
        owners: new Map([
          [customerSync.appObjectId, world.users.map((user) => user.id)],
          [customerSync.servicePrincipalId, world.users.slice(0, 20).map((user) => user.id)],
        ]),
        federatedIdentityCredentials: new Map([[customerSync.appObjectId, trusts]]),
      },
    );
    const scan = await scanEntra(url, { categories: ['applications', 'service_principals', 'federated_credentials'] });
    expect(edgesFrom(scan, customerSync.appObjectId, 'OWNED_BY')).toHaveLength(world.users.length);
    expect(edgesFrom(scan, customerSync.servicePrincipalId, 'OWNED_BY')).toHaveLength(20);
    expect(edgesFrom(scan, customerSync.appObjectId, 'TRUSTS_SUBJECT')).toHaveLength(21);
    // Only what was cut is asked for again: no call per object.
    const again = Object.entries(counters).filter(([name]) => name.includes('{id}'));
    expect(again.map(([, count]) => count)).toEqual([2, 1, 1]);
  });
});

describe('a federated credential that matches claims by an expression', () => {
  const expression = "claims['sub'] matches 'repo:northwind-robotics/*' and claims['repository_id'] eq '4711'";
  const flexible = { value: expression, languageVersion: 1 };
  const trusts = (claimsMatchingExpression: object | null) => {
    const world = northwindWorld(NOW);
    const [exact = {}] = world.federatedIdentityCredentials.get(customerSync.appObjectId) ?? [];
    const one = { ...exact, id: 'flexible', name: 'flexible', subject: null, claimsMatchingExpression };
    return { ...world, federatedIdentityCredentials: new Map([[customerSync.appObjectId, [exact, one]]]) };
  };

  test('DATA-07: v1.0 does not tell it, the beta does, and only where a subject is missing', async () => {
    const { url, counters } = await emulator({}, trusts(flexible));
    const scan = await scanEntra(url, { categories: ['federated_credentials'] });
    const found = find(scan, 'credential', `${customerSync.appObjectId}/flexible`);
    expect(found?.props).toMatchObject({ claims_expression: expression, claims_analysed: true });
    expect(JSON.parse(found?.join_keys[0]?.v ?? '')).toMatchObject({
      issuer: 'token.actions.githubusercontent.com',
      conditions: [{ claim: 'sub' }, { claim: 'repository_id', value: '4711' }],
    });
    expect(Object.entries(counters).filter(([name]) => name.startsWith('read beta'))).toEqual([
      ['read beta /applications/{id}/federatedIdentityCredentials', 1],
    ]);
  });

  test('DATA-07: one that is not told is kept as a trust that nobody understood', async () => {
    const { url } = await emulator({}, trusts(null));
    const scan = await scanEntra(url, { categories: ['federated_credentials'] });
    expect(find(scan, 'credential', `${customerSync.appObjectId}/flexible`)?.props).toMatchObject({ claims_analysed: false });
    expect(edgesFrom(scan, customerSync.appObjectId, 'TRUSTS_SUBJECT')).toHaveLength(2);
  });
});

describe('the story', () => {
  test('DATA-07: the workflow of GitHub is trusted by the application, whose service principal AWS can name', async () => {
    const { url } = await emulator();
    const scan = await scanEntra(url);
    const trust = edgesFrom(scan, customerSync.appObjectId, 'TRUSTS_SUBJECT');
    expect(trust).toHaveLength(1);
    expect(find(scan, 'credential', trust[0]?.to.native_id ?? '')?.join_keys).toEqual([
      {
        k: JOIN_KEYS.entraFederatedCredential,
        v: 'token.actions.githubusercontent.com|repo:northwind-robotics/customer-sync:ref:refs/heads/main|api://AzureADTokenExchange',
      },
    ]);
    expect(edgesFrom(scan, customerSync.servicePrincipalId, 'INSTANCE_OF')[0]?.to.native_id).toBe(customerSync.appObjectId);
    expect(find(scan, 'identity', customerSync.servicePrincipalId)?.join_keys).toEqual([
      { k: JOIN_KEYS.entraApp, v: `${TENANT}|${customerSync.appId}` },
      { k: JOIN_KEYS.entraPrincipal, v: `${TENANT}|${customerSync.servicePrincipalId}` },
    ]);
    expect(edgesFrom(scan, customerSync.servicePrincipalId, 'OWNED_BY')[0]?.to.native_id).toBe(departedOwner.id);
    expect(find(scan, 'owner', departedOwner.id)).toMatchObject({ display_name: departedOwner.upn, props: { enabled: false } });
  });

  test('the application key is held by one entity only', async () => {
    const { url } = await emulator();
    const scan = await scanEntra(url);
    const values = scan.entities.flatMap((entity) => entity.join_keys.filter((key) => key.k === JOIN_KEYS.entraApp).map((key) => key.v));
    expect(new Set(values).size).toBe(values.length);
    expect(values).toContain(`${TENANT}|${graphReporting.appId}`);
  });

  test('permissions, consents, roles and groups are there to be judged', async () => {
    const { url } = await emulator();
    const scan = await scanEntra(url);
    const held = (id: string): unknown[] =>
      edgesFrom(scan, id, 'GRANTS').map((edge) => find(scan, 'permission', edge.to.native_id)?.display_name);
    expect(held(graphReporting.servicePrincipalId)).toEqual(
      expect.arrayContaining(['Reports.Read.All', 'Sites.Read.All', 'Files.Read.All']),
    );
    expect(held(IDS.hrProvisioning.servicePrincipal)).toContain('RoleManagement.ReadWrite.Directory');
    expect(held(IDS.calendarAssistant.servicePrincipal)).toEqual(['Microsoft Graph: Calendars.ReadWrite Mail.ReadWrite offline_access']);
    const recovery = edgesFrom(scan, IDS.recovery.servicePrincipal, 'HAS_ROLE').map((edge) => find(scan, 'role', edge.to.native_id)?.props);
    expect(recovery).toEqual([expect.objectContaining({ is_privileged: true })]);
    expect(edgesFrom(scan, IDS.deployer.servicePrincipal, 'MEMBER_OF').map((edge) => edge.to.native_id)).toEqual([IDS.tierZeroGroup]);
    expect(find(scan, 'identity', IDS.financeGroup)?.props).toMatchObject({ holds_directory_role: false, members_read: false });
    const expired = scan.entities.filter(
      (entity) => entity.subtype === 'client_secret' && String(entity.props['expires_at']) < NOW.toISOString(),
    );
    expect(expired).toHaveLength(2);
    expect(find(scan, 'owner', IDS.hrProvisioning.servicePrincipal)).toMatchObject({
      subtype: 'service_principal',
      props: { enabled: true },
    });
  });
});

describe('a source that is nasty', () => {
  test.each([true, false])('a throttle (Retry-After: %s) is waited for: nobody comes back early', async (sayWhen) => {
    const { url, counters } = await emulator({ nasty: { pageSize: 20, throttle: { every: 6, forMs: sayWhen ? 900 : 250, sayWhen } } });
    const scan = await scanEntra(url, { categories: ['applications', 'delegated_grants', 'users'] });
    expect(counters[sayWhen ? 'throttled' : 'throttled_without_retry_after']).toBeGreaterThan(0);
    expect(counters['too_early'] ?? 0).toBe(0);
    expect(Object.values(scan.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  test('the limit on key credentials is never met: the connector paces itself below it', async () => {
    const limit = { requests: 4, windowMs: 400 };
    const { url, counters } = await emulator({ nasty: { pageSize: 10, keyCredentials: limit } });
    const tuning = { ...FAST, keyCredentialsPace: { requests: 3, windowMs: 450 } };
    const scan = await scanEntra(url, { categories: ['credentials'], tuning });
    expect(scan.cells['credentials']).toMatchObject({ status: 'succeeded', errors: [] });
    expect(counters['key_credential_requests']).toBeGreaterThan(limit.requests);
    expect(counters['key_credentials_throttled'] ?? 0).toBe(0);
    // Only this category asks for them.
    const before = counters['key_credential_requests'];
    await scanEntra(url, { categories: CATEGORIES.filter((name) => name !== 'credentials') });
    expect(counters['key_credential_requests']).toBe(before);
  });

  test('a burst of 503 is outlived', async () => {
    const { url, counters } = await emulator({ nasty: { serverErrors: { from: 3, count: 3 } } });
    const scan = await scanEntra(url, { categories: ['applications', 'service_principals'] });
    expect(counters['server_errors']).toBe(3);
    expect(Object.values(scan.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded']);
  });

  test('a token that dies in the middle is replaced, and nothing is lost', async () => {
    const plain = await emulator();
    const { url, counters } = await emulator({ nasty: { tokenRequests: 6 } });
    const scan = await scanEntra(url);
    expect(counters['tokens_expired']).toBeGreaterThan(1);
    expect(scan.graph).toBe((await scanEntra(plain.url)).graph);
  });

  test('RUN-10: a category that is forbidden names the permission to grant, and the others go on', async () => {
    const { url, counters } = await emulator({ nasty: { deny: ['roleManagement'] } });
    const scan = await scanEntra(url);
    expect(counters['denied']).toBeGreaterThan(0);
    expect(scan.cells['directory_roles']).toMatchObject({
      status: 'failed',
      errors: [{ code: 'SOURCE_PERMISSION_DENIED', class: 'persistent', actor: 'customer' }],
    });
    expect(scan.cells['directory_roles']?.errors[0]?.message).toContain('RoleManagement.Read.Directory');
    // These two need the roles as well, and say that they are not complete.
    expect([scan.cells['groups']?.status, scan.cells['users']?.status]).toEqual(['partial', 'partial']);
    const others = CATEGORIES.filter((name) => !['directory_roles', 'groups', 'users'].includes(name));
    expect(others.map((name) => scan.cells[name]?.status)).toEqual(others.map(() => 'succeeded'));
    expect(scan.exitCode).toBe(0);
  });

  test('DATA-04: owners whose accounts may not be read are still owners, of unknown state', async () => {
    const { url } = await emulator({ nasty: { deny: ['users'] } });
    const scan = await scanEntra(url);
    expect(scan.cells['users']).toMatchObject({ status: 'partial', errors: [{ code: 'SOURCE_PERMISSION_DENIED' }] });
    expect(scan.cells['users']?.errors[0]?.message).toContain('User.Read.All');
    expect(find(scan, 'owner', departedOwner.id)?.props).toEqual({ object_id: departedOwner.id });
  });

  test('CONN-05: a next link to another origin is refused, and the token never goes there', async () => {
    let visits = 0;
    const trap = createServer((_, response) => {
      visits += 1;
      response.end('{"value":[]}');
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    open.push({ close: async () => void trap.close() });
    const origin = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const { url, counters } = await emulator({ nasty: { foreignNextLink: { origin, on: '/oauth2PermissionGrants' }, pageSize: 5 } });
    const scan = await scanEntra(url, { categories: ['applications', 'delegated_grants'] });
    expect(counters['foreign_next_links']).toBeGreaterThan(0);
    expect(visits).toBe(0);
    expect(scan.cells['delegated_grants']).toMatchObject({ status: 'partial', errors: [{ code: 'SOURCE_OFF_ORIGIN' }] });
    expect(scan.cells['applications']?.status).toBe('succeeded');
  });
});

describe('credentials', () => {
  test('CRED-18: a token of another directory is refused before anything is read', async () => {
    const { url, counters } = await emulator({ nasty: { tokenTenant: '11111111-2222-4333-8444-555555555555' } });
    const scan = await scanEntra(url);
    expect(Object.values(scan.cells).map((cell) => cell.errors[0]?.code)).toEqual(CATEGORIES.map(() => 'ENTRA_TENANT_MISMATCH'));
    expect(counters['graph_requests'] ?? 0).toBe(0);
    expect(scan.entities).toEqual([]);
  });

  test.each([
    ['a wrong secret', { ...CLIENT_ENV, AZURE_CLIENT_SECRET: 'wrong-secret-canary-77' }, 'SOURCE_CREDENTIALS_REFUSED'],
    ['an unknown application', { ...CLIENT_ENV, AZURE_CLIENT_ID: '00000000-aaaa-4000-8000-000000000000' }, 'SOURCE_CREDENTIALS_REFUSED'],
    ['nothing', {}, 'CREDENTIALS_MISSING'],
    ['an empty secret', { ...CLIENT_ENV, AZURE_CLIENT_SECRET: '' }, 'CREDENTIALS_MISSING'],
    ['a token that is none', { ENTRA_ACCESS_TOKEN: 'not-a-token-canary-78' }, 'ENTRA_TENANT_MISMATCH'],
  ])('%s: every category fails for good, and says nothing of the credential', async (_, env, code) => {
    const { url, counters } = await emulator();
    const scan = await scanEntra(url, { env });
    for (const cell of Object.values(scan.cells)) expect(cell).toMatchObject({ status: 'failed', errors: [{ code, class: 'persistent' }] });
    expect(counters['graph_requests'] ?? 0).toBe(0);
    expect(JSON.stringify(scan)).not.toMatch(/canary-7/);
  });

  test('CRED-18: a token that was minted outside is used as it is', async () => {
    const { url, counters } = await emulator();
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: DEMO_ENTRA_CLIENT.clientId,
      client_secret: DEMO_ENTRA_CLIENT.clientSecret,
      scope: `${url}/.default`,
    });
    const minted = (await (await fetch(`${url}/${TENANT}/oauth2/v2.0/token`, { method: 'POST', body: form })).json()) as {
      access_token: string;
    };
    const scan = await scanEntra(url, { categories: ['applications'], env: { ENTRA_ACCESS_TOKEN: minted.access_token } });
    expect(scan.cells['applications']?.status).toBe('succeeded');
    expect(counters['tokens_issued']).toBe(1);
  });

  test.each([
    ['another directory than the scope speaks of', { tenant_id: '11111111-2222-4333-8444-555555555555' }, 'CONFIG_INVALID'],
    ['no directory id', { tenant_id: 'northwind.onmicrosoft.com' }, 'CONFIG_INVALID'],
    ['a private address without the opt-in', { allow_private: false }, 'SOURCE_URL_NOT_HTTPS'],
  ])('CONN-05: %s is refused before anything is sent', async (_, config, code) => {
    const { url, counters } = await emulator();
    const scan = await scanEntra(url, { config });
    expect(Object.values(scan.cells).map((cell) => cell.errors[0]?.code)).toEqual(CATEGORIES.map(() => code));
    expect(counters).toEqual({});
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { servicenowManifest } from '../../../connectors/servicenow/manifest.ts';
import { graphEdge, graphEntity } from '../../../domain/graph/schema.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { DEMO_SERVICENOW_CLIENT, DEMO_SERVICENOW_LOGIN, type ServicenowEmulatorOptions } from '../../../emulators/servicenow/options.ts';
import { startServicenowEmulator } from '../../../emulators/servicenow/server.ts';
import { sysId } from '../../../emulators/servicenow/tables.ts';
import { NORTHWIND_SERVICENOW_IDS as IDS, SERVICENOW_CANARIES } from '../../../emulators/servicenow/world.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';
import { BASIC_ENV, CATEGORIES, edgesFrom, FAST, find, HOST, NOW, OAUTH_ENV, scanServicenow } from './harness.ts';

const sortedUnique = (values: readonly string[]): string[] => [...new Set(values)].sort();
const open: RunningEmulator[] = [];

async function emulator(options: ServicenowEmulatorOptions = {}): Promise<RunningEmulator> {
  const running = await startServicenowEmulator({ now: NOW, ...options });
  open.push(running);
  return running;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

describe('a whole instance', () => {
  test('CONN-02, CONN-03: every category is read completely, with reads only, in order, and named columns only', async () => {
    const { url, counters } = await emulator();
    const scan = await scanServicenow(url);
    expect(scan.exitCode).toBe(0);
    expect(Object.fromEntries(Object.entries(scan.cells).map(([name, cell]) => [name, [cell.status, cell.errors]]))).toEqual(
      Object.fromEntries(CATEGORIES.map((name) => [name, ['succeeded', []]])),
    );
    expect([counters['write_attempts'], counters['unordered_reads'], counters['without_fields'], counters['bad_queries']]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(counters['read sys_script']).toBeGreaterThan(3);
  });

  test('DATA-01: what it declares is what it emits, and all of it is a valid graph without loose ends', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    const emitted = (category: string): object => ({
      entities: sortedUnique(scan.entities.filter((one) => one.category === category).map((one) => `${one.type}/${one.subtype}`)),
      edges: sortedUnique(scan.edges.filter((one) => one.category === category).map((one) => one.type)),
    });
    expect(Object.fromEntries(CATEGORIES.map((name) => [name, emitted(name)]))).toEqual(
      Object.fromEntries(
        servicenowManifest.categories.map((one) => [one.name, { entities: [...one.entities].sort(), edges: [...one.edges].sort() }]),
      ),
    );
    const known = new Set(scan.entities.map((entity) => `${entity.type} ${entity.native_id}`));
    expect(known.size).toBe(scan.entities.length);
    for (const { kind: _, ...entity } of scan.entities as unknown as ({ kind: string } & object)[]) graphEntity.parse(entity);
    for (const { kind: _, ...edge } of scan.edges as unknown as ({ kind: string } & object)[]) graphEdge.parse(edge);
    expect(scan.edges.flatMap((edge) => [edge.from, edge.to]).filter((end) => !known.has(`${end.type} ${end.native_id}`))).toEqual([]);
    const ids = scan.edges.map((edge) => JSON.stringify([edge.from, edge.type, edge.to, edge.qualifier ?? null]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every table that is read is declared, and no other', async () => {
    const { url, counters } = await emulator();
    await scanServicenow(url);
    const read = Object.keys(counters)
      .filter((name) => name.startsWith('read '))
      .map((name) => name.replace('read ', 'read: '));
    expect(sortedUnique(read)).toEqual(sortedUnique(servicenowManifest.categories.flatMap((category) => [...category.permissions])));
  });

  test('DATA-02: two scans give the same bytes, whatever the size of a page', async () => {
    const { url } = await emulator();
    const [first, second] = [await scanServicenow(url), await scanServicenow(url, { tuning: { ...FAST, pageSize: 500 } })];
    expect(second.graph).toBe(first.graph);
  });

  test('DATA-09: no script, header, query or password comes home, and the credential is in no file', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    const everything = scan.graph + JSON.stringify(scan.cells);
    expect(everything).toContain('Refresh customer dashboard');
    const secrets = [...Object.values(SERVICENOW_CANARIES), 'CANARY', DEMO_SERVICENOW_LOGIN.password, DEMO_SERVICENOW_CLIENT.clientSecret];
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });
});

describe('the story', () => {
  test('DATA-07: the catalog item starts the flow, whose function dispatches the workflow as the GitHub App', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    expect(edgesFrom(scan, IDS.flow, 'TRIGGERED_BY').map((edge) => edge.to.native_id)).toEqual([NORTHWIND.servicenow.catalogItem.sys_id]);
    expect(find(scan, NORTHWIND.servicenow.catalogItem.sys_id)).toMatchObject({
      subtype: 'event_source',
      display_name: 'Refresh customer dashboard',
    });
    expect(edgesFrom(scan, IDS.flow, 'INVOKES').map((edge) => edge.to.native_id)).toEqual([IDS.dispatchFunction]);
    expect(find(scan, IDS.dispatchFunction)?.join_keys).toEqual([
      { k: JOIN_KEYS.dispatchesGithubWorkflow, v: 'api.github.com|northwind-robotics/customer-sync|sync.yml|424242' },
    ]);
    expect(edgesFrom(scan, IDS.dispatchFunction, 'USES').map((edge) => edge.to.native_id)).toEqual([IDS.githubProfile]);
    expect(find(scan, IDS.githubProfile)?.join_keys).toEqual([{ k: JOIN_KEYS.usesGithubApp, v: 'api.github.com|424242' }]);
  });

  test('DATA-07: the report job reaches Graph with the client id of Entra; an inbound client with such an id joins with nothing', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    expect(edgesFrom(scan, IDS.nightlyJob, 'INVOKES').map((edge) => edge.to.native_id)).toEqual([IDS.graphFunction]);
    expect(edgesFrom(scan, IDS.graphFunction, 'USES').map((edge) => edge.to.native_id)).toEqual([IDS.graphProfile]);
    const keys = scan.entities.flatMap((entity) =>
      entity.join_keys.filter((key) => key.k === JOIN_KEYS.usesEntraApp).map((key) => [entity.native_id, key.v]),
    );
    expect(keys).toEqual([[IDS.graphProfile, `${NORTHWIND.entra.tenantId}|${NORTHWIND.entra.graphReporting.appId}`]]);
  });

  test('scripts lead to what they call, by way of an include or an alias as well', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    expect(edgesFrom(scan, IDS.dispatchRule, 'CALLS').map((edge) => edge.to.native_id)).toEqual([IDS.dispatchInclude]);
    expect(edgesFrom(scan, IDS.dispatchInclude, 'INVOKES').map((edge) => edge.to.native_id)).toEqual([IDS.dispatchFunction]);
    expect(edgesFrom(scan, IDS.billingFlow, 'INVOKES').map((edge) => edge.to.native_id)).toEqual([IDS.billingAlias]);
    expect(edgesFrom(scan, IDS.billingAlias, 'USES').map((edge) => edge.to.native_id)).toEqual([IDS.billingCredential]);
    expect(edgesFrom(scan, IDS.billingCredential, 'AUTHENTICATES_AS').map((edge) => edge.to.native_id)).toEqual([
      sysId('oauth_entity_profile Billing'),
    ]);
    expect(find(scan, IDS.erpMessage)?.props).toMatchObject({
      auth_type: 'basic',
      endpoint_host: 'erp.northwind-robotics.example',
      endpoint_path: '/api',
    });
    expect(scan.entities.filter((entity) => entity.subtype === 'business_rule')).toHaveLength(2);
  });

  test('accounts that run, integrate or administer are read, and nobody else', async () => {
    const { url } = await emulator();
    const scan = await scanServicenow(url);
    const accounts = scan.entities.filter((entity) => entity.type === 'identity').map((entity) => entity.display_name);
    expect(accounts.sort()).toEqual(['dana.reyes', 'priya.natarajan', 'svc.legacy', 'svc.midserver', 'svc.reporting']);
    expect(edgesFrom(scan, IDS.nightlyJob, 'RUNS_AS').map((edge) => find(scan, edge.to.native_id)?.props)).toEqual([
      expect.objectContaining({ active: false, web_service_access_only: false }),
    ]);
    expect(find(scan, sysId('sys_user svc.legacy'))?.props['last_login_at']).toBeNull();
    const held = edgesFrom(scan, sysId('sys_user svc.legacy'), 'HAS_ROLE').map((edge) => find(scan, edge.to.native_id)?.props['name']);
    expect(held).toEqual(['admin']);
  });
});

describe('a source that hides', () => {
  test('DATA-03: rows that access rules hide make the category partial, and say how many', async () => {
    const { url, counters } = await emulator({ nasty: { hideRows: { oauth_entity: (row) => row['name'] === 'Billing' } } });
    const scan = await scanServicenow(url);
    expect(counters['hidden_rows']).toBeGreaterThan(0);
    expect(scan.cells['credentials']).toMatchObject({
      status: 'partial',
      errors: [{ code: 'SOURCE_ROWS_HIDDEN', actor: 'customer', subject: 'oauth_entity' }],
    });
    expect(scan.cells['credentials']?.errors[0]?.message).toContain('1 rows');
    expect(scan.cells['users']?.status).toBe('succeeded');
  });

  test('whole pages of hidden rows are passed over, and what is behind them is read', async () => {
    const hidden = (row: Readonly<Record<string, string>>): boolean => row['name']?.startsWith('Set defaults') === true;
    const { url, counters } = await emulator({ nasty: { hideRows: { sys_script: hidden } } });
    const scan = await scanServicenow(url, { categories: ['workloads'], tuning: { ...FAST, pageSize: 3 } });
    expect(counters['empty_pages']).toBeGreaterThan(2);
    expect(
      scan.entities
        .filter((entity) => entity.subtype === 'business_rule')
        .map((entity) => entity.display_name)
        .sort(),
    ).toEqual(['Post to ERP', 'Sync customer on change']);
    expect(scan.cells['workloads']?.errors).toMatchObject([{ code: 'SOURCE_ROWS_HIDDEN', subject: 'sys_script' }]);
  });

  test('a column that is hidden and matters makes the category partial', async () => {
    const { url } = await emulator({ nasty: { hideColumns: { oauth_entity: ['client_id'] } } });
    const scan = await scanServicenow(url, { categories: ['credentials'] });
    expect(scan.cells['credentials']).toMatchObject({
      status: 'partial',
      errors: [{ code: 'SOURCE_COLUMN_HIDDEN', subject: 'oauth_entity.client_id' }],
    });
    expect(find(scan, IDS.graphProfile)?.join_keys).toEqual([]);
  });

  test('an instance that does not count cannot be read completely, and says so', async () => {
    const { url } = await emulator({ nasty: { withoutCount: true } });
    const scan = await scanServicenow(url, { categories: ['roles'], tuning: { ...FAST, pageSize: 4 } });
    expect(scan.cells['roles']?.errors.map((error) => error.code)).toEqual(['SOURCE_COUNT_MISSING', 'SOURCE_COUNT_MISSING']);
    expect(scan.entities).toHaveLength(9);
  });

  test('RUN-10: a table that is forbidden fails its category and names the table; where it is only looked up, the category goes on', async () => {
    const { url } = await emulator({ nasty: { deny: ['sys_user_role', 'oauth_entity'] } });
    const scan = await scanServicenow(url);
    expect(scan.cells['roles']).toMatchObject({
      status: 'failed',
      errors: [{ code: 'SOURCE_PERMISSION_DENIED', class: 'persistent', actor: 'customer', subject: 'sys_user_role' }],
    });
    expect(scan.cells['roles']?.errors[0]?.message).toContain('sys_user_role');
    expect(scan.cells['credentials']).toMatchObject({ status: 'partial', errors: [{ subject: 'oauth_entity' }] });
    expect(['workloads', 'users'].map((name) => scan.cells[name]?.status)).toEqual(['succeeded', 'succeeded']);
    expect(scan.exitCode).toBe(0);
  });

  test('a table that this release does not have is nothing to read; one that every release has is an error', async () => {
    const { url } = await emulator({ nasty: { unknownTables: ['jwt_provider', 'sys_hub_action_instance_v2'] } });
    const scan = await scanServicenow(url, { categories: ['workloads', 'credentials'] });
    expect(Object.values(scan.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded']);
    const other = await emulator({ nasty: { unknownTables: ['sys_user_role'] } });
    expect((await scanServicenow(other.url, { categories: ['roles'] })).cells['roles']?.status).toBe('failed');
  });
});

describe('a source that is nasty', () => {
  test('a row that appears in front while a table is read shifts nothing: none is lost, none comes twice', async () => {
    const inserted = { sys_id: '0'.repeat(32), name: 'inserted', elevated_privilege: 'false' };
    const { url } = await emulator({ nasty: { insertWhileReading: { sys_user_role: inserted } } });
    const scan = await scanServicenow(url, { categories: ['roles'], tuning: { ...FAST, pageSize: 3 } });
    const roles = scan.entities.map((entity) => entity.native_id);
    expect(new Set(roles).size).toBe(roles.length);
    expect(roles).toHaveLength(9);
    expect(scan.cells['roles']?.status).toBe('succeeded');
  });

  test('an answer that the instance cut short is asked for again in smaller pages', async () => {
    const plain = await emulator();
    const { url, counters } = await emulator({ nasty: { cutAbove: 20 } });
    const scan = await scanServicenow(url, { tuning: { ...FAST, pageSize: 200 } });
    expect(counters['cut_answers']).toBeGreaterThan(0);
    expect(scan.graph).toBe((await scanServicenow(plain.url)).graph);
  });

  test('an instance that cuts every answer is a passing failure', async () => {
    const { url } = await emulator({ nasty: { cutAbove: 1 } });
    const scan = await scanServicenow(url, { categories: ['roles'], tuning: { ...FAST, pageSize: 200 } });
    expect(scan.cells['roles']).toMatchObject({ status: 'failed', errors: [{ code: 'SOURCE_ANSWER_CUT', class: 'transient' }] });
    expect(scan.exitCode).toBe(75);
  });

  test('a rate limit is waited for: nobody comes back early', async () => {
    const { url, counters } = await emulator({ nasty: { throttle: { every: 5, forMs: 900 } } });
    const scan = await scanServicenow(url, { categories: ['roles', 'users'] });
    expect(counters['throttled']).toBeGreaterThan(0);
    expect(counters['too_early'] ?? 0).toBe(0);
    expect(Object.values(scan.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded']);
  });

  test('a burst of 503 is outlived, and a token that dies in the middle is replaced', async () => {
    const { url, counters } = await emulator({ nasty: { serverErrors: { from: 4, count: 3 }, tokenRequests: 7 } });
    const scan = await scanServicenow(url, { env: OAUTH_ENV });
    expect(counters['server_errors']).toBe(3);
    expect(counters['tokens_expired']).toBeGreaterThan(1);
    expect(Object.values(scan.cells).map((cell) => cell.status)).toEqual(CATEGORIES.map(() => 'succeeded'));
  });
});

describe('credentials', () => {
  test('CRED-15: a user name with its password, an OAuth client, and a token read the same', async () => {
    const { url } = await emulator();
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: DEMO_SERVICENOW_CLIENT.clientId,
      client_secret: DEMO_SERVICENOW_CLIENT.clientSecret,
    });
    const { access_token } = (await (await fetch(`${url}/oauth_token.do`, { method: 'POST', body: form })).json()) as {
      access_token: string;
    };
    const scans = [];
    for (const env of [BASIC_ENV, OAUTH_ENV, { SERVICENOW_ACCESS_TOKEN: access_token }])
      scans.push(await scanServicenow(url, { env, categories: ['roles'] }));
    expect(new Set(scans.map((scan) => scan.graph)).size).toBe(1);
    expect(scans.map((scan) => scan.cells['roles']?.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  test.each([
    ['a wrong password', { ...BASIC_ENV, SERVICENOW_PASSWORD: 'wrong-canary-81' }, 'SOURCE_CREDENTIALS_REFUSED'],
    ['a wrong client secret', { ...OAUTH_ENV, SERVICENOW_CLIENT_SECRET: 'wrong-canary-82' }, 'SOURCE_CREDENTIALS_REFUSED'],
    ['nothing', {}, 'CREDENTIALS_MISSING'],
    ['an empty password', { ...BASIC_ENV, SERVICENOW_PASSWORD: '' }, 'CREDENTIALS_MISSING'],
    ['a name with a colon in it', { ...BASIC_ENV, SERVICENOW_USERNAME: 'a:b' }, 'CREDENTIALS_MISSING'],
  ])('%s: every category fails for good, and says nothing of the credential', async (_, env, code) => {
    const { url } = await emulator();
    const scan = await scanServicenow(url, { env });
    for (const cell of Object.values(scan.cells)) expect(cell).toMatchObject({ status: 'failed', errors: [{ code, class: 'persistent' }] });
    expect(JSON.stringify(scan)).not.toMatch(/canary-8/);
  });

  test.each([
    ['a private address without the opt-in', { allow_private: false }, 'CONFIG_INVALID'],
    ['an address that is none', { instance_url: 'northwind' }, 'CONFIG_INVALID'],
    ['no https on the public internet', { allow_private: false, instance_url: `http://${HOST}` }, 'SOURCE_URL_NOT_HTTPS'],
    [
      'another instance than the scope speaks of',
      { allow_private: false, instance_url: 'https://other.service-now.com' },
      'CONFIG_INVALID',
    ],
  ])('CONN-05: %s is refused before anything is sent', async (_, config, code) => {
    const { url, counters } = await emulator();
    const scan = await scanServicenow(url, { config });
    expect(Object.values(scan.cells).map((cell) => cell.errors[0]?.code)).toEqual(CATEGORIES.map(() => code));
    expect(counters).toEqual({});
  });
});

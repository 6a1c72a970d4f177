import { afterEach, describe, expect, it } from 'vitest';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import { EXIT_TRANSIENT, resultsFile } from '../../../connectors/contract/results.ts';
import { graphEdge, graphEntity } from '../../../domain/graph/schema.ts';
import type { GraphEntity } from '../../../domain/graph/types.ts';
import type { GithubEmulatorOptions } from '../../../emulators/github/options.ts';
import { type RunningGithubEmulator, startGithubEmulator } from '../../../emulators/github/server.ts';
import { githubCanaries } from '../../../emulators/github/texts.ts';
import { CONTOSO, GITHUB_OIDC_ISSUER, NORTHWIND } from '../../../emulators/story.ts';
import { CATEGORIES, NORTHWIND_ORG, QUICK, scan, statuses } from './support.ts';
import type { ConnectorScan } from '../../support/scan-connector.ts';

const running: RunningGithubEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

async function start(options: GithubEmulatorOptions = {}): Promise<RunningGithubEmulator> {
  const emulator = await startGithubEmulator({ now: new Date('2026-09-01T00:00:00Z'), ...options });
  running.push(emulator);
  return emulator;
}

const all = (value: string): Record<string, string> => Object.fromEntries(CATEGORIES.map((name) => [name, value]));
const named = ({ entities }: ConnectorScan, subtype: string, name: string): GraphEntity | undefined =>
  entities.find((entity) => entity.subtype === subtype && entity.display_name === name);
const body = ({ graph }: ConnectorScan): string => graph;

describe('a whole organization', () => {
  it('CONN-01, CONN-02: reads every category completely', async () => {
    const emulator = await start();
    const result = await scan(emulator.url);
    expect(result.exitCode).toBe(0);
    expect(statuses(result)).toEqual(all('succeeded'));
    expect(result.cells['repositories']?.items_scanned).toBe(41);
    expect(() => resultsFile.parse({ schema: 'sv0.category-results/1', category_results: result.cells })).not.toThrow();
  });

  it('DATA-01: writes entities and edges of the contract, each once, with both ends there', async () => {
    const emulator = await start();
    for (const organization of [NORTHWIND_ORG, CONTOSO.github.organization]) {
      const { entities, edges } = await scan(emulator.url, { organization });
      for (const entity of entities) graphEntity.parse(entity);
      for (const edge of edges) graphEdge.parse(edge);
      const ids = entities.map(({ type, native_id }) => `${type} ${native_id}`);
      expect(new Set(ids).size).toBe(ids.length);
      const edgeIds = edges.map(({ from, type, to }) => `${from.native_id} ${type} ${to.native_id}`);
      expect(new Set(edgeIds).size).toBe(edgeIds.length);
      const known = new Set(ids);
      expect(
        edges.filter(({ from, to }) => !known.has(`${from.type} ${from.native_id}`) || !known.has(`${to.type} ${to.native_id}`)),
      ).toEqual([]);
    }
  });

  it('CONN-03: emits what the manifest declares, all of it, and nothing else; makes no write', async () => {
    const emulator = await start();
    const { entities, edges } = await scan(emulator.url);
    for (const category of githubManifest.categories) {
      const emitted = new Set(
        entities.filter((entity) => entity.category === category.name).map(({ type, subtype }) => `${type}/${subtype}`),
      );
      expect([category.name, [...emitted].sort()]).toEqual([category.name, [...category.entities].sort()]);
      const drawn = new Set(edges.filter((edge) => edge.category === category.name).map(({ type }) => type));
      expect([category.name, [...drawn].sort()]).toEqual([category.name, [...category.edges].sort()]);
    }
    expect(emulator.counters['write_attempts']).toBeUndefined();
    expect(emulator.counters['access_tokens']).toBeUndefined();
  });

  it('DATA-02: the same organization gives the same bytes, however the answers come', async () => {
    const first = await scan((await start()).url);
    const second = await scan((await start()).url);
    const bumpy = await start({ nasty: { maxPerPage: 7, emptyPages: true, failures: { everyRequests: 23, burst: 1 } } });
    const third = await scan(bumpy.url, { tuning: { ...QUICK, concurrency: 2 } });
    expect(body(second)).toBe(body(first));
    expect(body(third)).toBe(body(first));
    expect(bumpy.counters['failures']).toBeGreaterThan(0);
  });

  it('DATA-09: nothing that people wrote into workflows, keys and descriptions comes out', async () => {
    const emulator = await start();
    const texts = [await scan(emulator.url), await scan(emulator.url, { organization: CONTOSO.github.organization })]
      .map(({ results, graph }) => results + graph)
      .join('\n');
    const canaries = githubCanaries();
    expect(canaries.length).toBeGreaterThan(90);
    expect(canaries.filter((canary) => texts.includes(canary) || texts.includes(Buffer.from(canary).toString('base64')))).toEqual([]);
    expect(texts).not.toMatch(/canary/i);
  });

  it('asks no more than it must: archived repositories are left alone, subject forms only where a job can have a token', async () => {
    const emulator = await start();
    await scan(emulator.url);
    expect(emulator.counters).toMatchObject({
      repositories: 1,
      collaborators: 41,
      workflows: 40,
      environments: 40,
      oidc_repository: 8,
      oidc_organization: 1,
      deploy_keys: 41,
    });
  });

  it("reads only what the scope's allow-list names", async () => {
    const emulator = await start();
    const result = await scan(emulator.url, {
      categories: ['repositories', 'workflows'],
      params: { repositories: ['deploy-infra', 'CUSTOMER-sync'] },
    });
    expect(statuses(result)).toEqual({ repositories: 'succeeded', workflows: 'succeeded' });
    expect(result.entities.filter(({ subtype }) => subtype === 'repository').map(({ display_name }) => display_name)).toEqual([
      'northwind-robotics/customer-sync',
      'northwind-robotics/deploy-infra',
    ]);
    expect(emulator.counters['workflows']).toBe(2);
  });

  it('DATA-03: what the allow-list names and nobody shows us is no complete reading of anything', async () => {
    const emulator = await start();
    const some = await scan(emulator.url, { params: { repositories: ['deploy-infra', 'Not-There'] } });
    expect(statuses(some)).toEqual(all('partial'));
    for (const { errors } of Object.values(some.cells)) {
      expect(errors).toEqual([expect.objectContaining({ code: 'SOURCE_NOT_FOUND', subject: 'northwind-robotics/not-there' })]);
    }
    expect(named(some, 'repository', 'northwind-robotics/deploy-infra')).toBeDefined();
    const none = await scan(emulator.url, { categories: ['repositories'], params: { repositories: ['not-there'] } });
    expect(statuses(none)).toEqual({ repositories: 'failed' });
  });
});

describe('the story', () => {
  it('DATA-07: northwind has the keys that its joins need', async () => {
    const northwind = await scan((await start()).url);
    const { deployRepository, syncRepository, organization, appId, installationId } = NORTHWIND.github;
    const deploy = named(northwind, 'workflow', `${organization}/${deployRepository.name}: ${deployRepository.workflow}`);
    const sync = named(northwind, 'workflow', `${organization}/${syncRepository.name}: ${syncRepository.workflow}`);
    expect(deploy?.join_keys).toEqual([{ k: 'uses_role_arn', v: NORTHWIND.aws.deployRole }]);
    expect(sync?.join_keys).toEqual([
      { k: 'github_dispatch', v: `api.github.com|${organization}/${syncRepository.name}|${syncRepository.workflow}` },
    ]);
    expect(sync?.props['entra_apps']).toEqual([`${NORTHWIND.entra.tenantId}|${NORTHWIND.entra.customerSync.appId}`]);
    const subjects = northwind.edges
      .filter(({ type, from }) => type === 'CAN_REQUEST_OIDC' && from.native_id === deploy?.native_id)
      .map(({ to }) => to.native_id);
    expect(subjects).toEqual([
      `oidc_subject:${GITHUB_OIDC_ISSUER}|repo:${organization}/${deployRepository.name}:environment:${deployRepository.environment}`,
    ]);
    expect(northwind.entities.flatMap(({ join_keys }) => join_keys)).toContainEqual({
      k: 'oidc_subject',
      v: `${GITHUB_OIDC_ISSUER}|repo:${organization}/${syncRepository.name}:ref:refs/heads/*`,
    });
    const installation = northwind.entities.find(({ native_id }) => native_id === `app_installation:${installationId}`);
    expect(installation?.join_keys).toEqual([{ k: 'github_app', v: `api.github.com|${appId}` }]);
    expect(northwind.edges).toContainEqual(
      expect.objectContaining({
        type: 'CAN_DISPATCH',
        from: { type: 'identity', native_id: `app_installation:${installationId}` },
        to: { type: 'workload', native_id: sync?.native_id },
      }),
    );
  });

  it('contoso builds its ledger on any branch with a token for AWS', async () => {
    const contoso = await scan((await start()).url, { organization: CONTOSO.github.organization });
    const subjects = contoso.entities.filter(({ subtype }) => subtype === 'oidc_subject').map(({ display_name }) => display_name);
    expect(subjects).toContain('repo:contoso-bank/ledger:ref:refs/heads/*');
    expect(subjects).toContain('repo:contoso-bank@90020001/payments-api@70020101:ref:refs/heads/*');
    expect(named(contoso, 'workflow', 'contoso-bank/ledger: build.yml')?.join_keys).toEqual([
      { k: 'uses_role_arn', v: CONTOSO.aws.ciRole },
    ]);
    expect(named(contoso, 'app_installation', 'ship-it-bot')?.props).toMatchObject({ third_party: true, publisher: 'ship-it' });
  });

  it('has both default forms of subjects, and customised ones', async () => {
    const { entities } = await scan((await start()).url);
    const forms = new Set(entities.filter(({ subtype }) => subtype === 'oidc_subject').map(({ props }) => props['form']));
    expect([...forms].sort()).toEqual(['custom', 'immutable', 'name']);
    expect(entities.map(({ display_name }) => display_name)).toContain(
      'repository_owner_id:90010001:repository_id:70010105:ref:refs/heads/main',
    );
  });

  it('a workflow that GitHub could not run, one without a file, one that is only called', async () => {
    const northwind = await scan((await start()).url);
    expect(named(northwind, 'workflow', 'northwind-robotics/sandbox: broken.yml')?.props['parsed']).toBe(false);
    expect(northwind.entities.some(({ props }) => props['repository'] === 'northwind-robotics/handbook' && 'path' in props)).toBe(false);
    const called = named(northwind, 'workflow', 'northwind-robotics/platform-actions: deploy.yml');
    expect(called?.props).toMatchObject({ reusable: true, id_token_write: true });
    expect(northwind.edges.some(({ type, from }) => type === 'CAN_REQUEST_OIDC' && from.native_id === called?.native_id)).toBe(false);
  });
});

describe('a source that is unkind', () => {
  it('DATA-03: short pages, and empty ones in between, lose nothing', async () => {
    const plain = await scan((await start()).url);
    const emulator = await start({ nasty: { maxPerPage: 3, emptyPages: true } });
    const result = await scan(emulator.url);
    expect(statuses(result)).toEqual(all('succeeded'));
    expect(result.graph).toBe(plain.graph);
    expect(emulator.counters['empty_pages']).toBeGreaterThan(0);
    expect(emulator.counters['further_pages']).toBeGreaterThan(10);
  });

  it.each([
    [429, 'retry-after', 1],
    [403, 'retry-after', 1],
    [403, 'reset', 1],
    [403, 'nothing', 0.3],
    [429, 'nothing', 0.3],
  ] as const)('RUN-17: a secondary limit (%s, told by %s) is waited out, never come back to early', async (status, say, seconds) => {
    const emulator = await start({ nasty: { throttle: { everyRequests: 25, status, say, seconds, times: 2 } } });
    // One at a time: a request that was under way when the limit was hit cannot be told from one that came back too early.
    const result = await scan(emulator.url, { categories: ['repositories', 'deploy_keys'], tuning: { ...QUICK, concurrency: 1 } });
    expect(statuses(result)).toEqual({ repositories: 'succeeded', deploy_keys: 'succeeded' });
    expect(emulator.counters['throttled']).toBe(2);
    expect(emulator.counters['came_back_early']).toBeUndefined();
  });

  it('the emulator does lock out a client that is too quick (or the test above would prove nothing)', async () => {
    const emulator = await start({ nasty: { throttle: { everyRequests: 25, status: 403, say: 'nothing', seconds: 2, times: 1 } } });
    const result = await scan(emulator.url, { categories: ['repositories', 'deploy_keys'], tuning: { retry: { throttleFloorMs: 300 } } });
    expect(emulator.counters['came_back_early']).toBe(1);
    expect(statuses(result)).not.toEqual({ repositories: 'succeeded', deploy_keys: 'succeeded' });
  });

  it('RUN-12, RUN-17: a throttle that outlasts the deadline ends the run at once, for a passing reason', async () => {
    const emulator = await start({ nasty: { throttle: { everyRequests: 1, status: 429, say: 'retry-after', seconds: 600, times: 1 } } });
    const began = Date.now();
    const result = await scan(emulator.url, { categories: ['repositories', 'deploy_keys'], deadlineMs: 20_000 });
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(statuses(result)).toEqual({ repositories: 'failed', deploy_keys: 'failed' });
    expect(result.cells['repositories']?.errors[0]).toMatchObject({ code: 'SOURCE_THROTTLED', class: 'transient' });
    expect(result.exitCode).toBe(EXIT_TRANSIENT);
  });

  it('bursts of 5xx and cut connections are lived through', async () => {
    const emulator = await start({ nasty: { failures: { everyRequests: 15, burst: 3 } } });
    const result = await scan(emulator.url);
    expect(statuses(result)).toEqual(all('succeeded'));
    expect(emulator.counters['failures']).toBeGreaterThan(20);
  });

  it('RUN-17: a source that only fails is transient, and nothing is claimed to be read', async () => {
    const emulator = await start({ nasty: { failures: { everyRequests: 1, burst: 1_000_000 } } });
    const result = await scan(emulator.url, { tuning: { retry: { ...QUICK.retry, attempts: 2 } } });
    expect(statuses(result)).toEqual(all('failed'));
    expect(result.exitCode).toBe(EXIT_TRANSIENT);
    expect(result.entities).toEqual([]);
  });

  it('a fresh installation token that is not known yet is borne with', async () => {
    const emulator = await start({ nasty: { freshTokenMs: 800 } });
    const token = await installationToken(emulator);
    const result = await scan(emulator.url, { categories: ['deploy_keys'], token });
    expect(statuses(result)).toEqual({ deploy_keys: 'succeeded' });
    expect(emulator.counters['fresh_token_refused']).toBeGreaterThan(0);
  });

  it('RUN-10: a token that expires on the way keeps what was read, and says that a fresh one will do', async () => {
    const emulator = await start({ nasty: { expireAfterRequests: 130 } });
    const result = await scan(emulator.url);
    expect(emulator.counters['expired_token_refused']).toBeGreaterThan(0);
    expect(statuses(result)).toMatchObject({ repositories: 'succeeded', environments: 'succeeded', installations: 'failed' });
    expect(result.cells['installations']?.errors[0]).toMatchObject({ code: 'SOURCE_CREDENTIALS_EXPIRED', class: 'transient' });
    expect(result.entities.length).toBeGreaterThan(40);
    // What makes every further call fail ends a category; it is not asked of each repository again.
    expect(emulator.counters['expired_token_refused']).toBeLessThan(30);
    expect(result.cells['workflows']?.errors).toHaveLength(1);
  });

  it("RUN-17: a bad credential is persistent and the customer's to replace", async () => {
    const emulator = await start();
    const result = await scan(emulator.url, { token: 'CANARY-not-a-token' });
    expect(statuses(result)).toEqual(all('failed'));
    expect(result.exitCode).toBe(0);
    expect(result.cells['workflows']?.errors[0]).toMatchObject({
      code: 'SOURCE_CREDENTIALS_REFUSED',
      class: 'persistent',
      actor: 'customer',
    });
    expect(result.results + result.graph).not.toContain('CANARY');
  });

  it("another organization is not found with this one's token", async () => {
    const emulator = await start();
    const result = await scan(emulator.url, { categories: ['repositories'], token: 'demo-github-token-of-contoso-19ab44e2' });
    expect(result.cells['repositories']?.errors[0]).toMatchObject({ code: 'SOURCE_NOT_FOUND', class: 'persistent' });
  });
});

describe('what may not be read', () => {
  it('RUN-10: a category that is refused everywhere fails alone and names the permission', async () => {
    const emulator = await start({ nasty: { deny: [{ kind: 'deploy_keys' }] } });
    const result = await scan(emulator.url);
    expect(statuses(result)).toEqual({ ...all('succeeded'), deploy_keys: 'failed' });
    expect(result.cells['deploy_keys']?.errors[0]).toMatchObject({
      code: 'SOURCE_PERMISSION_DENIED',
      class: 'persistent',
      actor: 'customer',
      message: expect.stringContaining('Repository Administration: read'),
    });
    expect(emulator.counters['denied']).toBe(41);
  });

  it("RUN-10, DATA-03: one repository's refusal makes the category partial and costs no other", async () => {
    const emulator = await start({ nasty: { deny: [{ kind: 'contents', repository: 'deploy-infra' }] } });
    const result = await scan(emulator.url);
    expect(statuses(result)).toEqual({ ...all('succeeded'), workflows: 'partial', secrets: 'partial', installations: 'partial' });
    expect(result.cells['workflows']?.errors).toEqual([
      expect.objectContaining({
        code: 'SOURCE_PERMISSION_DENIED',
        subject: 'northwind-robotics/deploy-infra',
        message: expect.stringContaining('Repository Contents: read'),
      }),
      expect.objectContaining({ code: 'SOURCE_PERMISSION_DENIED' }),
    ]);
    expect(named(result, 'workflow', 'northwind-robotics/deploy-infra: release.yml')).toBeUndefined();
    expect(named(result, 'workflow', 'northwind-robotics/customer-sync: sync.yml')).toBeDefined();
  });

  it('DATA-04: without the form of its subjects a workflow has none, and says so', async () => {
    const emulator = await start({ nasty: { deny: [{ kind: 'oidc_repository', repository: 'deploy-infra' }] } });
    const result = await scan(emulator.url, { categories: ['workflows'] });
    expect(statuses(result)).toEqual({ workflows: 'partial' });
    const deploy = named(result, 'workflow', 'northwind-robotics/deploy-infra: release.yml');
    expect(deploy?.props).toMatchObject({ id_token_write: true, subject_form_read: false });
    expect(result.entities.some(({ display_name }) => display_name.startsWith('repo:northwind-robotics/deploy-infra'))).toBe(false);
  });

  it.each([
    ['collaborators', 'repositories'],
    ['branch_policies', 'environments'],
    ['environment_secrets', 'secrets'],
    ['organization_secrets', 'secrets'],
    ['organization_secret_repositories', 'secrets'],
    ['app', 'installations'],
  ] as const)('RUN-10: a refused sub-call (%s) makes %s partial, nothing else', async (kind, category) => {
    const emulator = await start({ nasty: { deny: [{ kind }] } });
    const result = await scan(emulator.url, { categories: ['repositories', 'environments', 'secrets', 'installations'] });
    expect(statuses(result)).toEqual({
      repositories: 'succeeded',
      environments: 'succeeded',
      secrets: 'succeeded',
      installations: 'succeeded',
      [category]: 'partial',
    });
    expect(result.cells[category]?.errors[0]?.message).toMatch(/it needs .*: read$/);
  });

  it('DATA-03: people who could not be read leave out owners of workflows, so these are not complete either', async () => {
    const emulator = await start({ nasty: { deny: [{ kind: 'collaborators', repository: 'deploy-infra' }] } });
    const result = await scan(emulator.url);
    expect(statuses(result)).toEqual({ ...all('succeeded'), repositories: 'partial', workflows: 'partial' });
    expect(result.cells['workflows']?.errors).toEqual([
      expect.objectContaining({ code: 'SOURCE_PERMISSION_DENIED', subject: 'northwind-robotics/deploy-infra' }),
    ]);
    expect(named(result, 'workflow', 'northwind-robotics/deploy-infra: release.yml')).toBeDefined();
  });

  it("DATA-04: an app whose publisher could not be asked is neither ours nor another's", async () => {
    const emulator = await start({ nasty: { deny: [{ kind: 'app' }] } });
    const { entities } = await scan(emulator.url, { categories: ['installations'] });
    for (const { props } of entities) expect(props).not.toHaveProperty('third_party');
  });

  it('CONN-03: the permissions that the manifest declares are enough, and none is idle', async () => {
    const emulator = await start();
    const full = await scan(emulator.url, { token: await installationToken(emulator) });
    expect(statuses(full)).toEqual(all('succeeded'));
    const granted = [
      'actions',
      'administration',
      'contents',
      'environments',
      'organization_administration',
      'organization_secrets',
      'secrets',
    ];
    for (const left of granted) {
      const permissions = Object.fromEntries(granted.filter((one) => one !== left).map((one) => [one, 'read']));
      const less = await scan(emulator.url, { token: await installationToken(emulator, { permissions }) });
      expect(Object.values(statuses(less)).filter((status) => status !== 'succeeded').length).toBeGreaterThan(0);
    }
  });
});

async function installationToken(emulator: RunningGithubEmulator, narrowed: object = {}): Promise<string> {
  const { appJwt } = await import('../../emulators/github/support.ts');
  const { DEMO_GITHUB_APP } = await import('../../../emulators/github/options.ts');
  const response = await fetch(`${emulator.url}/app/installations/${DEMO_GITHUB_APP.installations[NORTHWIND_ORG]}/access_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await appJwt(emulator, DEMO_GITHUB_APP.appId)}` },
    body: JSON.stringify(narrowed),
  });
  return ((await response.json()) as { token: string }).token;
}

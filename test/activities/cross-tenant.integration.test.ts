/**
 * CRED-05 API-05: every activity of the workers and every route of the API, with ids of another tenant: nothing of the other tenant comes back or
 * changes, and no provider is asked. Complete by the names and the routes that are really registered.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageInput } from '../../activities/inputs.ts';
import { createLogger } from '../../cli/compose/logger.ts';
import { connectorActivities, pipelineActivities } from '../../cli/compose/platform.ts';
import type { ConnectorActivities, PipelineActivities } from '../../cli/compose/workers.ts';
import { sha256 } from '../../domain/canonical.ts';
import { gateScopeId, instanceId, type RunId, runId, type ScopeId, type TenantId, tenantId } from '../../domain/ids.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { seed } from '../e2e/seed.ts';
import { repositories } from '../storage/every-method.ts';
import { SUPER_ADMIN_IDENTITY } from '../support/callers.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { isAlone, isList, MINE, requestOf, type Route, THEIRS } from '../support/routes-of-others.ts';

type Activities = PipelineActivities & ConnectorActivities;
interface Side {
  readonly tenant: TenantId;
  readonly scope: ScopeId;
  readonly run: RunId;
}

let pipeline: TestPipeline;
let activities: Activities;
let mine: Side;
let theirs: Side;
let free: ScopeId;
/** Every name that the provider of the environment looked up, and every look into the store. */
const asked: string[] = [];

const attempt = { number: 1, last: true } as const;
const stage = (scope_id: ScopeId, run_id: RunId): StageInput => ({ scope_id, run_id, workflow_id: 'w', attempt });
const opening = (scope_id: ScopeId, run_id: RunId, workflow_id: string) =>
  ({
    scope_id,
    run_id,
    workflow_id,
    kind: 'scan',
    trigger: { type: 'manual_api', source: 'cli', triggered_by_user_id: 'test' },
    override_cooldown: false,
    scheduled_by: null,
  }) as const;

async function side(name: string): Promise<Side> {
  const { tenant, scope } = await pipeline.probeScope({ tenant: name });
  const run = runId(`00000000-0000-4000-8000-${name === 'mine' ? '00000000000a' : '00000000000b'}`);
  expect(await activities.openRun(opening(scope, run, `scan-${name}`))).toMatchObject({ claimed: true, tenant_id: tenant });
  return { tenant, scope, run };
}

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
  const { storage, client, queues, registry, stateDir, credentials } = pipeline;
  const now = (): Date => new Date();
  const environment = new Proxy(pipeline.environment, {
    get: (of, name: string) => (asked.push(name), of[name]),
  });
  const stored: typeof credentials.recovery = {
    recover: (tenant, manifest) => (asked.push('the store'), credentials.recovery.recover(tenant, manifest)),
  };
  const threads = {
    engine: { run: async () => ({ items: 0, errors: [] }) },
    sync: { sync: () => Promise.reject(new Error('no graph is synced here')) },
    isBusy: () => false,
  };
  const logger = createLogger('error');
  const config = { isolation: undefined, stateDir };
  activities = {
    ...pipelineActivities({ storage, client, queues, threads, registry, now }),
    ...connectorActivities({ storage, registry, config, environment, stored, vaults: [], hiddenPaths: [], logger, now }),
  };
  [mine, theirs] = [await side('mine'), await side('theirs')];
  free = (await pipeline.probeScope({ tenant: 'mine', scope: 'free' })).scope;
  await storage.scopes.create(theirs.tenant, {
    _id: gateScopeId(mine.tenant),
    instance_id: null,
    kind: 'gate',
    name: 'planted',
    categories: [],
    budget: { max_runtime_seconds: 60 },
    created_at: now(),
  });
});
afterAll(() => pipeline.close());

/** Everything of the other tenant that there is. */
const theirState = (): Promise<string> => stateOf(theirs.tenant);

async function stateOf(tenant: TenantId): Promise<string> {
  const { db } = pipeline.storage.connection;
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const rows = [];
  for (const name of names) {
    const own = { $or: [{ _id: tenant as never }, { tenant_id: tenant }, { 'metadata.tenant_id': tenant }] };
    rows.push([name, await db.collection(name).find(own).sort({ _id: 1 }).toArray()]);
  }
  return sha256(JSON.stringify(rows));
}

const pass = () => ({
  tenant_id: mine.tenant,
  pass: 1,
  runs: [{ run_id: theirs.run, workflow_id: 'scan-theirs', cells: ['__chain', '__stitch', '__eval', '__evidence'] as const }],
  cells: ['__chain', '__stitch', '__eval', '__evidence'] as const,
  started_at: new Date(0).toISOString(),
});
const artifact = () => ({ artifact_id: `${theirs.run}/1`, digest: '0'.repeat(64), bytes: 1 });
const gateLeaf = {
  run_id: runId('00000000-0000-4000-8000-00000000000c'),
  workflow_id: 'gate-leaf',
  trigger: { type: 'deploy_gate', source: 'gate:x', triggered_by_user_id: null },
  scheduled_by: null,
} as const;
const failure = { cell: '__chain', failure: { class: 'persistent', code: 'X', message: 'x', actor: 'engineer' } } as const;

/** An outcome, and the calls that mix ids of two tenants. */
const MATRIX: Readonly<Partial<Record<keyof Activities, readonly ['not found' | 'nothing of theirs', ...(() => Promise<unknown>)[]]>>> = {
  resolveCredentials: [
    'not found',
    () => activities.resolveCredentials(stage(mine.scope, theirs.run)),
    () => activities.resolveCredentials(stage(theirs.scope, mine.run)),
  ],
  runConnector: [
    'not found',
    () => activities.runConnector(stage(mine.scope, theirs.run)),
    () => activities.runConnector(stage(theirs.scope, mine.run)),
  ],
  testConnection: [
    'not found',
    () => activities.testConnection({ tenant_id: mine.tenant, instance_id: instanceId('theirs-probe') }),
    () => activities.testConnection({ tenant_id: theirs.tenant, instance_id: instanceId('mine-probe') }),
  ],
  syncGraph: [
    'not found',
    () => activities.syncGraph({ ...stage(mine.scope, theirs.run), artifact: artifact() as never }),
    () => activities.syncGraph({ ...stage(theirs.scope, mine.run), artifact: artifact() as never }),
    // The scope and the run are mine, and the artifact is theirs.
    () => activities.syncGraph({ ...stage(mine.scope, mine.run), artifact: artifact() as never }),
  ],
  askForDerivation: [
    'not found',
    () => activities.askForDerivation({ scope_id: mine.scope, run_id: theirs.run, again: false }),
    () => activities.askForDerivation({ scope_id: theirs.scope, run_id: mine.run, again: true }),
  ],
  joinDerivation: [
    'not found',
    () => activities.joinDerivation({ scope_id: mine.scope, run_id: theirs.run }),
    () => activities.joinDerivation({ scope_id: theirs.scope, run_id: mine.run }),
  ],
  closeRun: [
    'not found',
    () => activities.closeRun({ scope_id: mine.scope, run_id: theirs.run, stop: null }),
    () => activities.closeRun({ scope_id: theirs.scope, run_id: mine.run, stop: null }),
  ],
  // The scope decides whose the run is; another's run cannot be taken over by its id.
  openRun: ['nothing of theirs', () => activities.openRun(opening(free, theirs.run, 'scan-free'))],
  // Of a tenant's coordinator: another's run among those that it serves is not stamped.
  buildChains: ['not found', () => activities.buildChains({ ...pass(), attempt })],
  stitchPaths: ['not found', () => activities.stitchPaths({ ...pass(), attempt })],
  evaluateFindings: ['not found', () => activities.evaluateFindings({ ...pass(), attempt })],
  buildEvidence: ['not found', () => activities.buildEvidence({ ...pass(), attempt })],
  finishPass: ['not found', () => activities.finishPass({ ...pass(), failure: failure as never })],
  countSiblings: ['nothing of theirs', () => activities.countSiblings({ tenant_id: mine.tenant })],
  beginPass: ['nothing of theirs', () => activities.beginPass({ tenant_id: mine.tenant })],
  beginPassWhenQuiet: [
    'nothing of theirs',
    () => activities.beginPassWhenQuiet({ tenant_id: mine.tenant, wait_for_siblings: true }),
    () => activities.beginPassWhenQuiet({ tenant_id: mine.tenant, wait_for_siblings: false }),
  ],
  openGateRun: [
    'not found',
    // A row of theirs has the name that mine would have.
    () => activities.openGateRun({ ...gateLeaf, tenant_id: mine.tenant }),
    () => activities.openGateRun({ ...gateLeaf, tenant_id: tenantId('nobody') }),
  ],
  ensureGateScope: ['not found', () => activities.ensureGateScope({ tenant_id: tenantId('nobody') })],
};
/** They go over all tenants, take the ids of none, and answer with counts. */
const OF_THE_PLATFORM: readonly (keyof Activities)[] = ['countStale', 'dropSnapshot', 'readGateBatch', 'reap', 'snapshotTenants'];

describe('activities with ids of another tenant', () => {
  it('CRED-05 API-05: names every activity that the workers register', () => {
    expect([...Object.keys(MATRIX), ...OF_THE_PLATFORM].sort()).toEqual(Object.keys(activities).sort());
  });

  it('API-05: every repository of the storage is in the matrix of repositories, or is none of a tenant', () => {
    const { connection, collections: _, close: __, ...storage } = pipeline.storage;
    // Asked by an id that is globally unique, or over all tenants; verified tenants are asked by the activities above.
    const ofNoTenant = ['endedSessions', 'gateSnapshots', 'lookups', 'serverTime', 'verifiedTenants'];
    expect([...Object.keys(repositories(connection.db)), ...ofNoTenant].sort()).toEqual(Object.keys(storage).sort());
  });

  it.each(Object.entries(MATRIX))('CRED-05 API-05: %s: nothing of theirs, and no provider is asked', async (_, [outcome, ...calls]) => {
    const before = await theirState();
    asked.length = 0;
    for (const call of calls) {
      const ended = await new MockActivityEnvironment().run(call).then(
        (value) => ({ value, error: null }),
        (error: unknown) => ({ value: null, error }),
      );
      if (outcome === 'not found') expect(ended).toMatchObject({ error: { name: 'NotFoundError' } });
      expect(JSON.stringify(ended.value)).not.toContain(theirs.tenant);
    }
    expect(asked).toEqual([]);
    expect(await theirState()).toBe(before);
  });

  it('CRED-05: with ids of one tenant the provider is asked: the counting counts', async () => {
    asked.length = 0;
    await new MockActivityEnvironment().run(activities.resolveCredentials, stage(mine.scope, mine.run));
    expect(asked.length).toBeGreaterThan(0);
  });
});

describe('routes with ids of another tenant', () => {
  const routes = [...new Map(appUnderTest().app.routes.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()]
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*') && !path.startsWith('/sign-'))
    .filter((route) => !isAlone(route));
  let before: string;
  let api: TestApi;
  const ask = async (route: Route, tenant: string): Promise<{ status: number; text: string }> => {
    const { address, init } = requestOf(route, tenant);
    const answer = await fetch(`${api.url}${address}`, init);
    return { status: answer.status, text: await answer.text() };
  };

  beforeAll(async () => {
    await seed(pipeline.storage.collections);
    before = await stateOf(tenantId(THEIRS));
    api = await openApi(pipeline, { identity: SUPER_ADMIN_IDENTITY });
  });
  afterAll(() => api.close());

  it('CRED-05 API-05: every route of the application is here, or can mix nothing', () => {
    expect(routes.length).toBeGreaterThan(45);
    for (const route of routes) expect(requestOf(route, MINE).address).not.toContain('no-id-is-known');
  });

  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    'CRED-05 API-05: %s %s: not found, nothing of theirs, and no provider is asked',
    async (_method, _path, route) => {
      asked.length = 0;
      const { status, text } = await ask(route, MINE);
      expect({ status, text }).toMatchObject({ status: isList(route) ? 200 : route.path.endsWith('instances') ? 409 : 404 });
      // An id that was asked for may be repeated; a row of theirs names its tenant.
      expect(text).not.toContain(`"${THEIRS}"`);
      expect(asked).toEqual([]);
      expect(await stateOf(tenantId(THEIRS))).toBe(before);
    },
  );

  it('API-05: its own tenant reads with the same requests what was not found', async () => {
    const reads = routes.filter(({ method, path }) => method === 'GET' && !/next-times|credential|connection-test|outcome/.test(path));
    expect(reads.length).toBeGreaterThan(20);
    for (const route of reads) expect([route.path, (await ask(route, THEIRS)).status]).toEqual([route.path, 200]);
  });
});

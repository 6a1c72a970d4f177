/** The operator’s journey by the API alone, with the client made from its document: from a new tenant to a finding with its evidence pack. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type ApiClient, createApiClient } from '../../cli/client/index.ts';
import { DEMO_GITHUB_TOKENS } from '../../emulators/github/options.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import { CONTOSO } from '../../emulators/story.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const BASE = new Date('2026-11-01T00:00:00.000Z');
const { organization } = CONTOSO.github;
let pipeline: TestPipeline;
let api: TestApi;
let emulator: Awaited<ReturnType<typeof startGithubEmulator>>;
let client: ApiClient;

beforeAll(async () => {
  pipeline = await openPipeline();
  emulator = await startGithubEmulator({ now: BASE });
  api = await openApi(pipeline);
  client = createApiClient(api);
});
afterAll(async () => {
  await pipeline?.client.schedule
    .getHandle(scanScheduleId('contoso-all' as never))
    .delete()
    .catch(() => undefined);
  await api?.close();
  await emulator?.close();
  await pipeline?.close();
});

it('API-02 API-03 API-04 OPS-06: tenant, instance, credential, scope, scan, finding, pack: by the API alone, and without a token nothing', async () => {
  expect((await createApiClient({ url: api.url, token: 'none' }).GET('/api/v1/tenants', {})).response.status).toBe(401);

  const tenant = await client.POST('/api/v1/tenants', { body: { id: 'contoso', slug: 'CONTOSO', name: 'Contoso Bank', kind: 'demo' } });
  expect(tenant.response.status).toBe(201);
  const instance = await client.POST('/api/v1/connector-instances', {
    body: {
      id: 'contoso-github',
      tenant_id: 'contoso',
      connector: 'github',
      name: 'GitHub',
      source_tenant: organization,
      credentials_ref: { provider: 'store', ref: 'GITHUB' },
      config: { base_url: emulator.url, organization, allow_private: true },
    },
  });
  expect(instance.data).toMatchObject({ id: 'contoso-github', version: 1 });
  const query = { tenant_id: 'contoso' };
  const put = await client.PUT('/api/v1/connector-instances/{id}/credential', {
    params: { path: { id: 'contoso-github' }, query },
    body: { kind: 'github_token', fields: { token: DEMO_GITHUB_TOKENS[organization] } },
  });
  expect(put.data).toMatchObject({ state: 'active', field_names: ['token'] });
  const scope = await client.POST('/api/v1/scan-scopes', {
    body: {
      id: 'contoso-all',
      instance_id: 'contoso-github',
      name: 'Everything',
      categories: ['repositories', 'environments', 'workflows', 'secrets', 'installations', 'deploy_keys'],
      params: {},
      budget: { max_runtime_seconds: 120 },
      cooldown_seconds: 60,
      schedule: { kind: 'interval', every_seconds: 86_400 },
    },
  });
  expect(scope.data).toMatchObject({ schedule_in_words: 'Every day', in_flight: null });

  const start = {
    params: { query: {}, header: { 'idempotency-key': 'journey' } },
    body: { scope_id: 'contoso-all', trigger: { type: 'manual_api' } },
  } as const;
  const started = await client.POST('/api/v1/scan-runs', start);
  expect((await client.POST('/api/v1/scan-runs', start)).data?.run_id).toBe(started.data?.run_id);
  const run = { params: { path: { id: started.data?.run_id ?? '' }, query } };
  await expect
    .poll(async () => (await client.GET('/api/v1/scan-runs/{id}', run)).data?.status ?? 'starting', { timeout: 90_000, interval: 250 })
    .not.toMatch(/starting|running/);
  expect((await client.GET('/api/v1/scan-runs/{id}', run)).data).toMatchObject({
    status: 'succeeded',
    trigger: { triggered_by_user_id: 'local-operator' },
  });

  const findings = await client.GET('/api/v1/findings', { params: { query } });
  const finding = findings.data?.items[0];
  expect(finding).toBeDefined();
  const packs = await client.GET('/api/v1/evidence-packs', { params: { query: { ...query, finding_id: finding?.id ?? '' } } });
  expect(packs.data?.items).toHaveLength(1);
  const neighbours = await client.GET('/api/v1/entities/{id}/neighbours', { params: { path: { id: finding?.subject ?? '' }, query } });
  const incoming = await client.GET('/api/v1/entities/{id}/neighbours', {
    params: { path: { id: finding?.subject ?? '' }, query: { ...query, direction: 'in' } },
  });
  expect((neighbours.data?.items.length ?? 0) + (incoming.data?.items.length ?? 0)).toBeGreaterThan(0);

  const until = new Date(Date.now() + 86_400_000).toISOString();
  const suppressed = await client.PUT('/api/v1/findings/{id}/suppression', {
    params: { path: { id: finding?.id ?? '' }, query },
    body: { reason: 'known, until the migration', until },
  });
  expect(suppressed.data?.suppression).toEqual({ reason: 'known, until the migration', author: 'local-operator', until });

  const records = await client.GET('/api/v1/audit-records', { params: { query } });
  for (const action of ['tenant.created', 'instance.created', 'credential.put', 'scope.created', 'schedule_set', 'finding.suppressed'])
    expect(JSON.stringify(records.data)).toContain(`"action":"${action}"`);
  expect(JSON.stringify(records.data)).not.toContain(DEMO_GITHUB_TOKENS[organization]);
  const foreign = await client.GET('/api/v1/findings/{id}', { params: { path: { id: finding?.id ?? '' }, query: { tenant_id: 'other' } } });
  expect(foreign.error).toMatchObject({ status: 404, code: 'FINDING_NOT_FOUND', actor: 'operator' });
});

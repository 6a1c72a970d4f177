/** Connection tests of all four connectors, as boxed children through the broker, against sources that refuse one permission each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionTests } from '../../api/ports.ts';
import { createConnectionTests } from '../../cli/compose/connection-tests.ts';
import { demoEnvironment } from '../../cli/demo/demo.ts';
import { seedDemo } from '../../cli/demo/seed.ts';
import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { startAwsEmulator } from '../../emulators/aws/server.ts';
import { startEntraEmulator } from '../../emulators/entra/server.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import { startServicenowEmulator } from '../../emulators/servicenow/server.ts';
import type { RunningEmulator } from '../../emulators/types.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const BASE = new Date('2026-11-01T00:00:00.000Z');
const emulators: RunningEmulator[] = [];
let pipeline: TestPipeline;
let tests: ConnectionTests;

beforeAll(async () => {
  pipeline = await openPipeline();
  tests = createConnectionTests(parts());
  const aws = await startAwsEmulator({ now: BASE, nastiness: { deny: ['iam:ListAccessKeys'] } });
  const entra = await startEntraEmulator({ now: BASE, nasty: { deny: ['oauth2PermissionGrants'] } });
  const github = await startGithubEmulator({ now: BASE, nasty: { deny: [{ kind: 'organization_secrets' }] } });
  const servicenow = await startServicenowEmulator({ now: BASE, nasty: { deny: ['oauth_entity'] } });
  emulators.push(aws, entra, github, servicenow);
  Object.assign(pipeline.environment, demoEnvironment());
  await seedDemo(pipeline.storage, { aws: aws.url, entra: entra.url, github: github.url, servicenow: servicenow.url }, BASE);
});
const parts = () => ({ client: pipeline.client, queues: pipeline.queues, storage: pipeline.storage, now: () => new Date() });
afterAll(async () => {
  await pipeline.close();
  await Promise.all(emulators.map((emulator) => emulator.close()));
});

const test = (instance: string, tenant: string | null = null): Promise<ConnectionTest> =>
  tests.test({ instance_id: instanceId(instance), tenant_hint: tenant === null ? null : tenantId(tenant), user_id: 'ana' });
const of = ({ permissions }: ConnectionTest, status: string): readonly string[] =>
  permissions.filter((one) => one.status === status).map(({ permission }) => permission);

describe('connection test', () => {
  it.each([
    ['northwind-aws', ['iam:ListAccessKeys'], ['iam:GetAccessKeyLastUsed'], 13],
    ['northwind-entra', ['Directory.Read.All'], [], 5],
    ['northwind-github', ['Organization Secrets: read'], [], 8],
    ['northwind-servicenow', ['read: oauth_entity'], null, 25],
  ])(
    'UI-04 CRED-01: %s: what is granted, what is missing and what to grant, and what nobody knows',
    async (instance, missing, unknown, count) => {
      const result = await test(instance, 'northwind');
      expect(result).toMatchObject({ instance_id: instance, tenant_id: 'northwind', problem: null });
      expect(of(result, 'missing')).toEqual(missing);
      if (unknown !== null) expect(of(result, 'unknown')).toEqual(unknown);
      expect(of(result, 'granted').length).toBeGreaterThan(count / 2);
      expect(result.permissions).toHaveLength(count);
      for (const { status, advice } of result.permissions) {
        if (status === 'granted') expect(advice).toBeNull();
        else expect(advice).toMatch(/grant|empty|no such table|to try it on/);
      }
    },
  );

  it('CRED-08 CRED-01: the credential is resolved once, for the purpose of a test, and the test itself is audited', async () => {
    await test('northwind-github');
    const records = (await pipeline.storage.audit.list(tenantId('northwind'), { limit: 3 })).toReversed();
    expect(records.map(({ action, outcome, actor }) => [action, outcome, actor])).toEqual([
      ['connection_tested', 'attempted', 'ana'],
      ['credential.resolve', 'attempted', 'connection-test'],
      ['credential.resolve', 'granted', 'connection-test'],
    ]);
    expect(records[2]?.subject).toMatchObject({ purpose: 'test', instance: 'northwind-github' });
  });

  it('UI-04 CRED-05: the last test can be read again by its own tenant, and reading starts none', async () => {
    const done = await test('northwind-github');
    const [northwind, instance] = [tenantId('northwind'), instanceId('northwind-github')];
    const before = await pipeline.storage.audit.list(northwind, { limit: 1 });
    expect(await tests.latest(northwind, instance)).toEqual({ status: 'done', result: done });
    expect(await tests.latest(tenantId('contoso'), instanceId('contoso-aws'))).toEqual({ status: 'never', result: null });
    await expect(tests.latest(tenantId('contoso'), instance)).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
    // The name is another tenant's now: what was said of the former instance is not for it.
    const moved = createConnectionTests({
      ...parts(),
      storage: { ...pipeline.storage, lookups: { ...pipeline.storage.lookups, tenantOfInstance: async () => tenantId('contoso') } },
    });
    expect(await moved.latest(tenantId('contoso'), instance)).toEqual({ status: 'never', result: null });
    expect(await pipeline.storage.audit.list(northwind, { limit: 1 })).toEqual(before);
  });

  it('CRED-05: an instance of another tenant is not found, and no credential is asked for', async () => {
    const before = await pipeline.storage.audit.list(tenantId('northwind'), { limit: 1 });
    await expect(test('northwind-github', 'contoso')).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
    await expect(test('nobody-aws')).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
    // A workflow that somebody starts around us with another tenant's instance.
    const poisoned = { tenant_id: tenantId('contoso'), instance_id: instanceId('northwind-github'), queues: pipeline.queues };
    const started = pipeline.client.workflow.execute('connectionTest', {
      workflowId: 'poisoned',
      taskQueue: pipeline.queues.pipeline,
      args: [poisoned],
    });
    await expect(started).rejects.toThrow();
    expect(await pipeline.storage.audit.list(tenantId('northwind'), { limit: 1 })).toEqual(before);
    expect(await pipeline.storage.audit.list(tenantId('contoso'))).toEqual([]);
  });

  it('UI-04 CONN-03: a refused credential, a missing one and a connector without a test are problems with who should act, and nothing leaks', async () => {
    const name = Object.keys(demoEnvironment()).find((key) => key.startsWith('SV0_TENANT_CONTOSO_') && key.endsWith('GITHUB_TOKEN')) ?? '';
    pipeline.environment[name] = 'ghp_c4n4rythatnobodyaccepts0000000000000';
    const refused = await test('contoso-github');
    expect(refused.problem).toMatchObject({ code: 'SOURCE_CREDENTIALS_REFUSED', actor: 'customer' });
    expect(of(refused, 'unknown')).toHaveLength(refused.permissions.length);
    expect(JSON.stringify(refused)).not.toContain('c4n4ry');
    delete pipeline.environment[name];
    expect((await test('contoso-github')).problem).toMatchObject({ code: 'CREDENTIALS_REQUIRED', actor: 'customer' });
    const { tenant } = await pipeline.probeScope();
    expect((await test(`${tenant}-probe`)).problem).toMatchObject({ code: 'CONNECTION_TEST_UNSUPPORTED' });
    const { events = [] } = await pipeline.client.workflow.getHandle('connection-test/contoso-github').fetchHistory();
    expect(JSON.stringify(events)).not.toContain('c4n4ry');
  });
});

/** Commands as an operator types them, over a tenant's life: apply with a connector of the host's own, intake links, the end. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

// Every command is a process of its own, and loads everything.
vi.setConfig({ testTimeout: 240_000 });

const ACME = tenantId('acme');
const LAMPS = instanceId('acme-lamps');
let pipeline: TestPipeline;
let connectors = '';

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
  const manifest = {
    kind: 'lamps',
    title: 'Lamps',
    source_system: 'example',
    version: '1.0.0',
    categories: [{ name: 'lamps', title: 'Lamps', entities: ['resource/lamp'], edges: [], permissions: [] }],
    credential_kinds: [{ kind: 'lamp_token', variables: { LAMP_TOKEN: { field: 'token', required: true } } }],
    accepted_variants: {},
    capabilities: { auth: { required: true } },
    config: {},
    params: {},
  };
  const executable = { command: '/bin/sh', args: [], read_only_paths: [], sha256: { '/bin/sh': await digestOfPath('/bin/sh') } };
  connectors = join(pipeline.stateDir, 'connectors.json');
  await writeFile(connectors, JSON.stringify({ schema: 'sv0.connectors/1', connectors: [{ manifest, executable }] }));
});
afterAll(() => pipeline.close());

const sv0 = (args: readonly string[], settings: Readonly<Record<string, string>> = { SV0_CONNECTORS_FILE: connectors }, input = '') =>
  execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), ...args], {
    input,
    reject: false,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_NO_WARNINGS: '1',
      MONGODB_URI: pipeline.settings.uri,
      SV0_MONGODB_DATABASE: pipeline.settings.database,
      TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
      TEMPORAL_NAMESPACE: pipeline.namespace,
      SV0_TASK_QUEUE_PIPELINE: pipeline.queues.pipeline,
      SV0_TASK_QUEUE_CONNECTORS: pipeline.queues.connectors,
      SV0_STATE_DIR: pipeline.stateDir,
      ...settings,
    },
  });

describe('the life of a tenant on the command line', () => {
  it("CONN-06: sv0 apply makes an instance of a connector from the host's file, and refuses it where there is none", async () => {
    const file = join(pipeline.stateDir, 'acme.yaml');
    await writeFile(
      file,
      `tenant: { id: acme, slug: ACME, name: Acme }
instances:
  - id: acme-lamps
    connector: lamps
    source_tenant: house-1
    credentials_ref: { provider: store, ref: MAIN }
    scopes:
      - { id: acme-lamps-all, categories: [lamps] }
`,
    );
    const without = await sv0(['apply', file], {});
    expect([without.exitCode, without.stdout]).toEqual([2, '']);
    expect(await pipeline.storage.tenants.find(ACME)).toBeNull();
    const applied = await sv0(['apply', file]);
    expect([applied.exitCode, applied.stdout]).toEqual([0, 'tenant acme: 1 instances, 1 scopes']);
    expect(await pipeline.storage.instances.get(ACME, LAMPS)).toMatchObject({ connector: 'lamps' });
  });

  it('CRED-21: sv0 credentials intake: a link and its code are shown once; listed without them; revoked, it is closed', async () => {
    const created = await sv0(['credentials', 'intake', 'create', 'acme-lamps', '--kind', 'lamp_token', '--hours', '2']);
    expect([created.exitCode, created.stderr]).toEqual([0, '']);
    const { id, path, code } = JSON.parse(created.stdout) as { id: string; path: string; code: string };
    const token = path.replace('/intake#', '');
    const listed = await sv0(['credentials', 'intake', 'list', '--tenant', 'acme']);
    expect(listed.stdout).toContain(id);
    for (const secret of [token, code]) expect(listed.stdout).not.toContain(secret);
    for (const [args, field] of [
      [['create', 'acme-lamps', '--kind', 'password'], 'kind'],
      [['create', 'acme-lamps', '--kind', 'lamp_token', '--hours', '9999'], 'hours'],
      [['revoke', id, '--tenant', 'globex'], ''],
    ] as const) {
      const { exitCode, stdout, stderr } = await sv0(['credentials', 'intake', ...args]);
      expect([args, exitCode, stdout]).toEqual([args, 2, '']);
      expect(stderr).toContain(field);
    }
    const revoked = await sv0(['credentials', 'intake', 'revoke', id, '--tenant', 'acme']);
    expect([revoked.exitCode, JSON.parse(revoked.stdout)]).toEqual([0, { id, state: 'revoked' }]);
    const actions = (await pipeline.storage.audit.list(ACME, {})).map(({ action }) => action);
    expect(actions.filter((action) => action.includes('intake')).length).toBeGreaterThanOrEqual(2);
  });

  it('CRED-12 CRED-18: sv0 tenants offboard asks whether it is meant; then keys and bindings are gone, and again it says the same', async () => {
    const { storage } = pipeline;
    const put = await sv0(['credentials', 'put', 'acme-lamps', '--kind', 'lamp_token'], undefined, '{"token":"a-token-of-the-lamps"}');
    expect([put.exitCode, put.stderr]).toEqual([0, '']);
    const at = new Date();
    await storage.bindings.write(ACME, LAMPS, 0, {
      provider: 'entra_app',
      target: { provider: 'entra_app', entra_tenant_id: '11111111-1111-4111-8111-111111111111' },
      external_id: 'sv0-test-0123456789abcdef',
      state: 'active',
      probes: [],
      created_at: at,
      changed_at: at,
      activated_at: at,
    });
    const unsure = await sv0(['tenants', 'offboard', 'acme']);
    expect([unsure.exitCode, unsure.stdout]).toEqual([2, '']);
    expect(unsure.stderr).toContain('CONFIRMATION_REQUIRED');
    expect(await storage.tenants.get(ACME)).toMatchObject({ status: 'active' });
    for (const _ of ['once', 'and again']) {
      const done = await sv0(['tenants', 'offboard', 'acme', '--yes']);
      expect([done.exitCode, JSON.parse(done.stdout)]).toEqual([0, { tenant: 'acme', status: 'offboarded' }]);
    }
    expect(await storage.bindings.find(ACME, LAMPS)).toMatchObject({ state: 'revoked' });
    expect(await storage.credentials.state(ACME, LAMPS)).toMatchObject({ state: 'deleted' });
    expect(await storage.collections.storedCredentials.countDocuments({ tenant_id: ACME })).toBe(0);
  });
});

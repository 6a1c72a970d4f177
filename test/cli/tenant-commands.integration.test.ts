/** Commands as an operator types them, over a tenant's life: apply with a connector of the host's own, intake links, the end. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, PROBE, type TestPipeline } from '../support/pipeline.ts';

const ACME = tenantId('acme');
const LAMPS = instanceId('acme-lamps');
let pipeline: TestPipeline;
let api: TestApi;

const LAMPS_CONNECTOR = {
  ...PROBE,
  manifest: {
    ...PROBE.manifest,
    kind: 'lamps',
    title: 'Lamps',
    credential_kinds: [{ kind: 'lamp_token', variables: { LAMP_TOKEN: { field: 'token', required: true } } }],
  },
};

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false, connectors: [LAMPS_CONNECTOR] });
  api = await openApi(pipeline);
});
afterAll(async () => {
  await api.close();
  await pipeline.close();
});

const sv0 = (words: readonly string[], input = '') => api.sv0(words, { input });

describe('the life of a tenant on the command line', () => {
  const file = (name: string, text: string): Promise<string> => {
    const path = join(pipeline.stateDir, name);
    return writeFile(path, text).then(() => path);
  };
  const document = (more = '', name = 'Acme') => `tenant: { id: acme, slug: ACME, name: ${name} }
instances:
  - id: acme-lamps
    connector: lamps
    source_tenant: house-1
    credentials_ref: { provider: store, ref: MAIN }
    scopes:
      - { id: acme-lamps-all, categories: [things] }
${more}`;

  it("CONN-06 OPS-06: sv0 apply makes a tenant with a connector of the API's host; again it writes nothing; a change is written alone", async () => {
    const path = await file('acme.yaml', document());
    const applied = await sv0(['apply', path]);
    expect([applied.code, applied.out, applied.err]).toEqual([0, 'tenant acme: 1 instances, 1 scopes\n', '']);
    expect(await pipeline.storage.instances.get(ACME, LAMPS)).toMatchObject({ connector: 'lamps', version: 1 });
    const before = await pipeline.storage.audit.list(ACME);
    expect((await sv0(['apply', path])).code).toBe(0);
    expect(await pipeline.storage.audit.list(ACME)).toEqual(before);
    expect((await sv0(['apply', await file('renamed.yaml', document('', 'Acme Lamps'))])).code).toBe(0);
    expect(await pipeline.storage.tenants.get(ACME)).toMatchObject({ name: 'Acme Lamps' });
    expect(await pipeline.storage.instances.get(ACME, LAMPS)).toMatchObject({ version: 1 });
    expect((await pipeline.storage.audit.list(ACME))[0]).toMatchObject({ actor: 'local-operator', action: 'tenant.edited' });
  });

  const second = (connector: string, ref: string, categories = 'things') => `  - id: acme-second
    connector: ${connector}
    source_tenant: house-2
    credentials_ref: { provider: env, ref: ${ref} }
    scopes: [{ id: acme-second-all, categories: [${categories}] }]
`;
  it.each([
    ['a connector that the host does not have', second('nothing', 'TWO'), 'UNKNOWN_CONNECTOR', 'instances.acme-second.connector'],
    ['a reference that is none', second('lamps', '../x'), 'INVALID_CREDENTIALS_REF', 'instances.acme-second.credentials_ref.ref'],
    ['a category that is none', second('lamps', 'TWO', 'ghosts'), 'INVALID_PARAMS', 'instances.acme-second.scopes.acme-second-all.'],
    [
      'a scope of the platform',
      second('lamps', 'TWO').replace('acme-second-all', '"gate:acme"'),
      'RESERVED_ID',
      'instances.acme-second.scopes.gate:acme.id',
    ],
    ['an instance twice', second('lamps', 'TWO') + second('lamps', 'TWO'), 'ID_TWICE', 'instances.acme-second'],
    ['a field that is none', 'colour: red\n', 'INVALID_REQUEST', 'colour'],
    ['no YAML', '{', 'INVALID_APPLY_FILE', '$'],
  ])(
    'API-06: sv0 apply with %s is bad input at its field, and nothing is written, not even what is right',
    async (_what, more, code, field) => {
      const said = await sv0(['apply', await file('bad.yaml', document(more, 'Another name'))]);
      expect([said.code, said.out]).toEqual([2, '']);
      expect(said.err).toContain(`${code}: `);
      expect(said.err).toContain(`  ${field}`);
      expect(await pipeline.storage.tenants.get(ACME)).toMatchObject({ name: 'Acme Lamps' });
    },
  );

  it('API-06: sv0 apply moves no scope to another instance, and writes nothing of a file that does', async () => {
    const moved = document(second('lamps', 'TWO').replace('acme-second-all', 'acme-lamps-all')).replace('acme-lamps-all', 'acme-lamps-new');
    const said = await sv0(['apply', await file('moved.yaml', moved)]);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.err).toContain('instances.acme-second.scopes.acme-lamps-all: expected in acme-lamps');
    expect((await pipeline.storage.scopes.list(ACME)).map(({ _id }) => _id)).toEqual(['acme-lamps-all']);
  });

  it('API-03 CRED-07: a credential goes in by standard input, only presence comes out; bad input changes and shows nothing', async () => {
    const canary = `canary-${randomUUID()}`;
    const put = await sv0(['credentials', 'put', 'acme-lamps', '--kind', 'lamp_token'], JSON.stringify({ token: canary }));
    expect([put.code, put.err]).toEqual([0, '']);
    expect(JSON.parse(put.out)).toMatchObject({ state: 'active', kind: 'lamp_token', version: 1, field_names: ['token'] });
    expect((await sv0(['credentials', 'status', 'acme-lamps'])).out).toBe(put.out);
    for (const [words, input, code] of [
      [['put', 'acme-lamps', '--kind', 'lamp_token'], `{"token": ${canary}`, 'INVALID_CREDENTIAL'],
      [['put', 'acme-lamps', '--kind', 'password'], JSON.stringify({ token: canary }), 'INVALID_CREDENTIAL'],
      [['put', 'nobody', '--kind', 'lamp_token'], JSON.stringify({ token: canary }), 'INSTANCE_NOT_FOUND'],
    ] as const) {
      const { code: exit, out, err } = await sv0(['credentials', ...words], input);
      expect([words, exit, out]).toEqual([words, 2, '']);
      expect(err).toContain(code);
      expect(put.out + err).not.toContain(canary);
    }
    expect(JSON.parse((await sv0(['credentials', 'revoke', 'acme-lamps'])).out)).toMatchObject({ state: 'revoked', kind: null });
    const again = await sv0(['credentials', 'revoke', 'acme-lamps']);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('CREDENTIAL_STATE')]);
  });

  it('CRED-21: sv0 credentials intake: a link and its code are shown once; listed without them; revoked, it is closed', async () => {
    const created = await sv0(['credentials', 'intake', 'create', 'acme-lamps', '--kind', 'lamp_token', '--hours', '2']);
    expect([created.code, created.err]).toEqual([0, '']);
    const { id, link, path, code } = JSON.parse(created.out) as { id: string; link: string; path: string; code: string };
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}$`));
    const token = path.replace('/intake#', '');
    const listed = await sv0(['credentials', 'intake', 'list', '--tenant', 'acme']);
    expect(listed.out).toContain(id);
    for (const secret of [token, code]) expect(listed.out).not.toContain(secret);
    for (const [args, field] of [
      [['create', 'acme-lamps', '--kind', 'password'], 'kind'],
      [['create', 'acme-lamps', '--kind', 'lamp_token', '--hours', '9999'], 'hours'],
      [['revoke', id, '--tenant', 'globex'], ''],
    ] as const) {
      const { code: exit, out, err } = await sv0(['credentials', 'intake', ...args]);
      expect([args, exit, out]).toEqual([args, 2, '']);
      expect(err).toContain(field);
    }
    const revoked = await sv0(['credentials', 'intake', 'revoke', id, '--tenant', 'acme']);
    expect([revoked.code, JSON.parse(revoked.out)]).toEqual([0, { id, state: 'revoked' }]);
    const actions = (await pipeline.storage.audit.list(ACME, {})).map(({ action }) => action);
    expect(actions.filter((action) => action.includes('intake')).length).toBeGreaterThanOrEqual(2);
  });

  it('CRED-12 CRED-18: sv0 tenants offboard asks whether it is meant; then keys and bindings are gone, and again it says the same', async () => {
    const { storage } = pipeline;
    const put = await sv0(['credentials', 'put', 'acme-lamps', '--kind', 'lamp_token'], '{"token":"a-token-of-the-lamps"}');
    expect([put.code, put.err]).toEqual([0, '']);
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
    expect([unsure.code, unsure.out]).toEqual([2, '']);
    expect(unsure.err).toContain('CONFIRMATION_REQUIRED');
    expect(await storage.tenants.get(ACME)).toMatchObject({ status: 'active' });
    for (const _ of ['once', 'and again']) {
      const done = await sv0(['tenants', 'offboard', 'acme', '--yes']);
      expect([done.code, JSON.parse(done.out)]).toEqual([0, { tenant: 'acme', status: 'offboarded' }]);
    }
    expect(await storage.bindings.find(ACME, LAMPS)).toMatchObject({ state: 'revoked' });
    expect(await storage.credentials.state(ACME, LAMPS)).toMatchObject({ state: 'deleted' });
    expect(await storage.collections.storedCredentials.countDocuments({ tenant_id: ACME })).toBe(0);
  });
});

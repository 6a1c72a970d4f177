/** Bindings against emulators that evaluate trust: what activates one, what does not, and whose it is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBindings, type Bindings } from '../../../broker/federation/bindings.ts';
import { mintersOf } from '../../../broker/providers/federation/available.ts';
import { builtinConnectors } from '../../../connectors/registry/builtin.ts';
import { createRegistry } from '../../../connectors/registry/registry.ts';
import { openBindings } from '../../../cli/compose/federation.ts';
import type { BindingTarget } from '../../../domain/federation/types.ts';
import { tenantId } from '../../../domain/ids.ts';
import { DEMO_GITHUB_APP } from '../../../emulators/github/options.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { createAuditRepository } from '../../../storage/mongo/audit.ts';
import { createBindingRepository } from '../../../storage/mongo/bindings.ts';
import { createInstanceRepository } from '../../../storage/mongo/instances.ts';
import { createScopeRepository } from '../../../storage/mongo/scopes.ts';
import { createTenantRepository } from '../../../storage/mongo/tenants.ts';
import { withDatabase } from '../../support/mongo.ts';
import {
  type Connection,
  connection,
  CONTOSO_SOURCE,
  customerCreatesStack,
  ENTRA_ROLES,
  OTHER_DIRECTORY,
  type Sources,
  startSources,
} from './support.ts';

const database = withDatabase();
const registry = createRegistry([...builtinConnectors('/nowhere')]);
let sources: Sources;
let storage: ReturnType<typeof repositories>;
let bindings: Bindings;
const now = (): Date => new Date();

function repositories() {
  const { collections } = database;
  return {
    tenants: createTenantRepository(collections),
    instances: createInstanceRepository(collections),
    scopes: createScopeRepository(collections),
    bindings: createBindingRepository(collections),
    audit: createAuditRepository(collections),
  };
}

beforeAll(async () => {
  sources = await startSources();
  storage = repositories();
  bindings = openBindings({ storage, registry, minters: sources.minters, now });
});
afterAll(() => sources.close());
beforeEach(() => sources.consents.clear());

let made = 0;
/** Of a new tenant each. */
const fresh = (connector: 'aws' | 'entra' | 'github', source_tenant?: string): Promise<Connection> => {
  made += 1;
  return connection(storage, connector, { tenant: `t${made}`, ...(source_tenant === undefined ? {} : { source_tenant }) });
};

/** A new account's role for every connection: a proven ARN is never free again. */
async function awsRole(it: Connection, change: Parameters<typeof customerCreatesStack>[3] = () => undefined): Promise<BindingTarget> {
  const { external_id } = await bindings.prepare(it.tenant, it.instance, 'aws_assume_role', 'test');
  const role_arn = customerCreatesStack(sources.aws, NORTHWIND.aws.account, external_id, (template) => {
    (template.Resources.ReaderRole.Properties as { RoleName: string }).RoleName = `sv0-reader-${it.tenant}`;
    change(template);
  });
  return { provider: 'aws_assume_role', role_arn };
}

const answers = (probes: readonly { name: string; answer: string }[]) => probes.map(({ name, answer }) => `${name}: ${answer}`);
const audited = async ({ tenant }: Connection) =>
  (await storage.audit.list(tenant)).map(({ action, outcome, subject }) => [action, outcome, subject['code'] ?? null]).reverse();

describe('AWS: assume-role', () => {
  it('CRED-18 CRED-19: a role of our template refuses without and with a wrong external ID, and is active then', async () => {
    const it = await fresh('aws');
    const target = await awsRole(it);
    expect(await bindings.create(it.tenant, it.instance, target, 'test')).toMatchObject({ state: 'pending', target, activated_at: null });
    const active = await bindings.activate(it.tenant, it.instance, 'test');
    expect(active).toMatchObject({ state: 'active', target });
    expect(answers(active.probes)).toEqual(['no_external_id: refused', 'wrong_external_id: refused', 'own_external_id: granted']);
    expect(await audited(it)).toEqual([
      ['binding.prepare', 'attempted', null],
      ['binding.prepare', 'done', null],
      ['binding.create', 'attempted', null],
      ['binding.create', 'done', null],
      ['binding.activate', 'attempted', null],
      ['binding.activate', 'done', null],
    ]);
    expect(await storage.audit.verify(it.tenant)).toMatchObject({ intact: true });
  });

  it.each([
    [
      'no_external_id',
      'without any condition',
      (statement: Record<string, unknown>) => {
        delete statement['Condition'];
      },
    ],
    [
      'no_external_id',
      'with a condition that an absent key passes',
      (statement: Record<string, unknown>, id: string) => {
        statement['Condition'] = { StringEqualsIfExists: { 'sts:ExternalId': id } };
      },
    ],
    [
      'wrong_external_id',
      'that takes any external ID',
      (statement: Record<string, unknown>) => {
        statement['Condition'] = { StringLike: { 'sts:ExternalId': '*' } };
      },
    ],
  ])('CRED-19: a role that lets in the probe %s (%s) stays pending, and the error says what to change', async (probe, _, change) => {
    const it = await fresh('aws');
    const target = await awsRole(it, (template) => {
      const [statement] = template.Resources.ReaderRole.Properties.AssumeRolePolicyDocument.Statement;
      const id = statement?.Condition.StringEquals['sts:ExternalId'] ?? '';
      change(statement as unknown as Record<string, unknown>, id);
    });
    await bindings.create(it.tenant, it.instance, target, 'test');
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({
      code: 'BINDING_PROBE_LET_IN',
      actor: 'customer',
      subject: probe,
      expected: expect.stringContaining('sts:ExternalId'),
    });
    const left = await bindings.get(it.tenant, it.instance);
    expect(left).toMatchObject({ state: 'pending', activated_at: null });
    expect(left?.probes.at(-1)).toMatchObject({ name: probe, expected: 'refused', answer: 'granted' });
    expect((await audited(it)).at(-1)).toEqual(['binding.activate', 'refused', 'BINDING_PROBE_LET_IN']);
  });

  it('CRED-19: a role that refuses also its own external ID stays pending; an active one that turns bad is pending again', async () => {
    const it = await fresh('aws');
    const target = await awsRole(it);
    await bindings.create(it.tenant, it.instance, target, 'test');
    customerCreatesStack(sources.aws, NORTHWIND.aws.account, 'sv0-of-somebody-else', (template) => {
      (template.Resources.ReaderRole.Properties as { RoleName: string }).RoleName = `sv0-reader-${it.tenant}`;
    });
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({
      code: 'FEDERATION_ACCESS_REFUSED',
      actor: 'customer',
    });
    await awsRole(it);
    expect((await bindings.activate(it.tenant, it.instance, 'test')).state).toBe('active');
    await awsRole(it, (template) => {
      const [statement] = template.Resources.ReaderRole.Properties.AssumeRolePolicyDocument.Statement;
      delete (statement as { Condition?: unknown }).Condition;
    });
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({ code: 'BINDING_PROBE_LET_IN' });
    expect(await bindings.get(it.tenant, it.instance)).toMatchObject({ state: 'pending' });
  });

  it('CRED-18: external IDs are 256 bits, of one connection, and new after a revocation', async () => {
    const ids = new Set<string>();
    for (let index = 0; index < 5; index += 1) {
      const it = await fresh('aws');
      const first = await bindings.prepare(it.tenant, it.instance, 'aws_assume_role', 'test');
      expect((await bindings.prepare(it.tenant, it.instance, 'aws_assume_role', 'test')).external_id).toBe(first.external_id);
      await bindings.revoke(it.tenant, it.instance, 'test');
      ids.add(first.external_id).add((await bindings.prepare(it.tenant, it.instance, 'aws_assume_role', 'test')).external_id);
    }
    expect(ids.size).toBe(10);
    for (const id of ids) expect(id).toMatch(/^sv0-[\w-]{43}$/);
  });
});

describe('Entra: multi-tenant application', () => {
  const target: BindingTarget = { provider: 'entra_app', entra_tenant_id: NORTHWIND.entra.tenantId };

  it('CRED-18 CRED-19: needs the consent of the bound directory, and of that one only', async () => {
    const it = await fresh('entra');
    await bindings.create(it.tenant, it.instance, { ...target, entra_tenant_id: NORTHWIND.entra.tenantId.toUpperCase() }, 'test');
    sources.consents.set(OTHER_DIRECTORY, ENTRA_ROLES);
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({
      code: 'FEDERATION_ACCESS_REFUSED',
      actor: 'customer',
    });
    sources.consents.set(NORTHWIND.entra.tenantId, [...ENTRA_ROLES, 'Application.ReadWrite.All']);
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({
      code: 'FEDERATION_TOO_WIDE',
      actor: 'customer',
    });
    expect(await bindings.get(it.tenant, it.instance)).toMatchObject({ state: 'pending' });
    sources.consents.set(NORTHWIND.entra.tenantId, ENTRA_ROLES);
    const active = await bindings.activate(it.tenant, it.instance, 'test');
    expect(answers(active.probes)).toEqual(['other_authority: refused', 'own_authority: granted']);
  });

  it('CRED-18: one directory is one tenant’s: another is refused while it is pending, active, and after it was revoked', async () => {
    const first = await fresh('entra', OTHER_DIRECTORY);
    const second = await fresh('entra', OTHER_DIRECTORY);
    const wanted: BindingTarget = { provider: 'entra_app', entra_tenant_id: OTHER_DIRECTORY };
    const taken = { code: 'BINDING_IDENTIFIER_TAKEN', actor: 'operator' };
    sources.consents.set(OTHER_DIRECTORY, ENTRA_ROLES);
    await bindings.create(first.tenant, first.instance, wanted, 'test');
    await expect(bindings.create(second.tenant, second.instance, wanted, 'test')).rejects.toMatchObject(taken);
    // Never proven: given back, and the second may have it; the first cannot activate on what is no longer its own.
    await bindings.revoke(first.tenant, first.instance, 'test');
    await bindings.create(second.tenant, second.instance, wanted, 'test');
    await expect(bindings.create(first.tenant, first.instance, wanted, 'test')).rejects.toMatchObject(taken);
    await bindings.activate(second.tenant, second.instance, 'test');
    await bindings.revoke(second.tenant, second.instance, 'test');
    await expect(bindings.create(first.tenant, first.instance, wanted, 'test')).rejects.toMatchObject(taken);
    await bindings.create(second.tenant, second.instance, wanted, 'test');
    expect((await bindings.activate(second.tenant, second.instance, 'test')).state).toBe('active');
  });
});

describe('GitHub: App', () => {
  const { organization, organizationId } = NORTHWIND.github;
  const installation_id = DEMO_GITHUB_APP.installations[organization] ?? 0;

  it.each([
    [
      'an installation of another organisation',
      { installation_id: DEMO_GITHUB_APP.installations[CONTOSO.github.organization] ?? 0 },
      'FEDERATION_MISMATCH',
    ],
    ['another account', { account_id: CONTOSO.github.organizationId }, 'FEDERATION_MISMATCH'],
    [
      'both of another organisation',
      { installation_id: DEMO_GITHUB_APP.installations[CONTOSO.github.organization] ?? 0, account_id: CONTOSO.github.organizationId },
      'FEDERATION_MISMATCH',
    ],
    ['an installation of another App', { installation_id: NORTHWIND.github.installationId }, 'FEDERATION_ACCESS_REFUSED'],
    ['an installation that is not there', { installation_id: 1 }, 'FEDERATION_ACCESS_REFUSED'],
  ])('CRED-18: %s is not activated', async (_, wrong, code) => {
    const it = await fresh('github');
    await bindings.create(
      it.tenant,
      it.instance,
      { provider: 'github_app', installation_id, account_id: organizationId, ...wrong },
      'test',
    );
    await expect(bindings.activate(it.tenant, it.instance, 'test')).rejects.toMatchObject({ code });
    expect(await bindings.get(it.tenant, it.instance)).toMatchObject({ state: 'pending' });
    await bindings.revoke(it.tenant, it.instance, 'test');
  });

  it('CRED-18 CRED-19: the App’s own installation is, and only with read permissions', async () => {
    const it = await fresh('github');
    await bindings.create(it.tenant, it.instance, { provider: 'github_app', installation_id, account_id: organizationId }, 'test');
    const active = await bindings.activate(it.tenant, it.instance, 'test');
    expect(answers(active.probes)).toEqual(['other_installation: refused', 'write_permission: refused', 'own_installation: granted']);
  });
});

describe('who may bind what', () => {
  it.each([
    ['aws', { provider: 'aws_assume_role', role_arn: `arn:aws:iam::${CONTOSO.aws.account}:role/sv0-reader` }, 'role_arn'],
    ['aws', { provider: 'aws_assume_role', role_arn: 'sv0-reader' }, 'role_arn'],
    ['aws', { provider: 'aws_assume_role', role_arn: `arn:aws:iam::${NORTHWIND.aws.account}:user/x` }, 'role_arn'],
    ['aws', { provider: 'aws_assume_role', role_arn: { $ne: null } }, 'role_arn'],
    ['entra', { provider: 'entra_app', entra_tenant_id: OTHER_DIRECTORY }, 'entra_tenant_id'],
    ['entra', { provider: 'entra_app', entra_tenant_id: 'common' }, 'entra_tenant_id'],
    ['github', { provider: 'github_app', installation_id: '5', account_id: 1 }, 'installation_id'],
    ['github', { provider: 'github_app', installation_id: 5, account_id: 0 }, 'account_id'],
    ['github', { provider: 'op', installation_id: 5, account_id: 0 }, 'provider'],
  ] as const)('CRED-18: a connection to %s refuses %j, and nothing is written', async (connector, target, field) => {
    const it = await fresh(connector);
    await expect(bindings.create(it.tenant, it.instance, target as never, 'test')).rejects.toMatchObject({
      code: 'INVALID_BINDING',
      field,
    });
    expect(await bindings.get(it.tenant, it.instance)).toBeNull();
    expect(await database.collections.federationIdentifiers.countDocuments({ tenant_id: it.tenant })).toBe(0);
  });

  it('CRED-05: another tenant’s instance is not found, and the tenant must be there', async () => {
    const mine = await fresh('aws');
    const theirs = await fresh('aws');
    const target = await awsRole(theirs);
    for (const call of [
      () => bindings.get(mine.tenant, theirs.instance),
      () => bindings.prepare(mine.tenant, theirs.instance, 'aws_assume_role', 'test'),
      () => bindings.create(mine.tenant, theirs.instance, target, 'test'),
      () => bindings.activate(mine.tenant, theirs.instance, 'test'),
      () => bindings.revoke(mine.tenant, theirs.instance, 'test'),
      () => bindings.create(tenantId('nobody'), theirs.instance, target, 'test'),
    ])
      await expect(call()).rejects.toMatchObject({ name: 'NotFoundError' });
    expect(await bindings.get(theirs.tenant, theirs.instance)).toMatchObject({ state: 'pending', target: null });
  });

  it('CRED-18: a role is one tenant’s, whoever of two comes first at once', async () => {
    const both = [await fresh('aws'), await fresh('aws')] as const;
    const role_arn = `arn:aws:iam::${NORTHWIND.aws.account}:role/contested`;
    const outcomes = await Promise.allSettled(
      both.map(({ tenant, instance }) => bindings.create(tenant, instance, { provider: 'aws_assume_role', role_arn }, 'test')),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'BINDING_IDENTIFIER_TAKEN' } });
  });

  it('CRED-18: an active binding does not change by a new identifier, nor a connector take what it has no variables for', async () => {
    const it = await fresh('aws');
    await bindings.create(it.tenant, it.instance, await awsRole(it), 'test');
    await bindings.activate(it.tenant, it.instance, 'test');
    const other = { provider: 'aws_assume_role', role_arn: `arn:aws:iam::${NORTHWIND.aws.account}:role/other` } as const;
    await expect(bindings.create(it.tenant, it.instance, other, 'test')).rejects.toMatchObject({ code: 'BINDING_STATE' });
    const entra = await fresh('entra');
    await expect(bindings.prepare(entra.tenant, entra.instance, 'aws_assume_role', 'test')).rejects.toMatchObject({
      code: 'BINDING_CONNECTOR_MISMATCH',
    });
  });

  it('CRED-18: a provider that is not configured says so and who acts; so do those that have no minter yet', async () => {
    const it = await fresh('aws');
    const none = createBindings({
      ...storage,
      minters: mintersOf([]),
      manifestOf: (kind) => registry.get(kind).manifest,
      audit: storage.audit,
      now,
    });
    for (const provider of [
      'aws_assume_role',
      'aws_web_identity',
      'aws_roles_anywhere',
      'azure_workload_identity',
      'gcp_workload_identity',
    ]) {
      await expect(none.prepare(it.tenant, it.instance, provider as never, 'test')).rejects.toMatchObject({
        code: 'PROVIDER_NOT_CONFIGURED',
        actor: 'operator',
        subject: provider,
        expected: expect.any(String),
      });
    }
    expect(await none.get(it.tenant, it.instance)).toBeNull();
  });

  it('CRED-19: of two activations at once one counts, and a revocation in between wins', async () => {
    const it = await fresh('aws');
    await bindings.create(it.tenant, it.instance, await awsRole(it), 'test');
    const outcomes = await Promise.allSettled([
      bindings.activate(it.tenant, it.instance, 'a'),
      bindings.activate(it.tenant, it.instance, 'b'),
    ]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    const activating = bindings.activate(it.tenant, it.instance, 'a');
    // Whichever is first: what was read before the revocation is not written over it.
    await bindings.revoke(it.tenant, it.instance, 'b').catch(() => bindings.revoke(it.tenant, it.instance, 'b'));
    await activating.catch(() => undefined);
    expect(await bindings.get(it.tenant, it.instance)).toMatchObject({ state: 'revoked' });
    expect(CONTOSO_SOURCE.aws).not.toBe(NORTHWIND.aws.account);
  });
});

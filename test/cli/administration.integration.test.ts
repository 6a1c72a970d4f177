import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Administration } from '../../api/administration.ts';
import { applyFileSchema } from '../../api/schemas/apply.ts';
import { createAudited } from '../../cli/compose/administration/audited.ts';
import { createAdministration } from '../../cli/compose/administration/index.ts';
import { createSchedules } from '../../cli/compose/schedules.ts';
import type { RegisteredConnector } from '../../connectors/registry/registry.ts';
import { ConflictError, NotFoundError, TransientError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { openPipeline, PROBE, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
let admin: Administration;
const BY = 'ada@example.com';
const of = (tenant: TenantId | null, version: number | null = null) => ({ tenant_hint: tenant, version, by: BY });
const acme = tenantId('acme');
const globex = tenantId('globex');
const main = instanceId('acme-probe');
const things = scopeId('acme-things');
const INSTANCE = {
  id: main,
  connector: 'probe',
  name: 'Main',
  source_tenant: 'acme-source',
  credentials_ref: { provider: 'env' as CredentialProvider, ref: 'MAIN' },
  config: {},
};
const SCOPE = {
  id: things,
  name: 'Things',
  categories: ['things'],
  params: {},
  budget: { max_runtime_seconds: 60 },
  cooldown_seconds: 60,
  schedule: { kind: 'cron', expression: '0 2 * * *', timezone: 'Europe/Madrid' } as const,
};

const OTHER: RegisteredConnector = {
  ...PROBE,
  manifest: {
    ...PROBE.manifest,
    kind: 'other',
    credential_kinds: [{ kind: 'other_token', variables: { TOKEN: { field: 'token', required: true } } }],
  },
};

const ORGANISATION: RegisteredConnector = { ...OTHER, manifest: { ...OTHER.manifest, kind: 'organisation', source_system: 'github' } };

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false, connectors: [OTHER, ORGANISATION] });
  const { client, queues, storage, registry, credentials } = pipeline;
  const now = (): Date => new Date();
  const schedules = createSchedules({ client, queues, storage, now });
  admin = createAdministration({
    storage,
    registry,
    schedules,
    control: pipeline.control,
    credentials: credentials.store,
    audit: storage.audit,
    now,
  });
  await admin.tenants.create({ id: globex, slug: 'GLOBEX', name: 'Globex', kind: 'real' }, BY);
});
afterAll(async () => {
  await pipeline.client.schedule
    .getHandle(scanScheduleId(things))
    .delete()
    .catch(() => undefined);
  await pipeline.close();
});

const actions = async (tenant: TenantId): Promise<readonly string[]> =>
  (await pipeline.storage.audit.list(tenant)).map(
    ({ action, outcome, actor }) => `${action} ${outcome} ${actor === BY ? 'by' : 'BY WHOM?'}`,
  );

describe('administration', () => {
  it('API-03: makes a tenant, an instance and a scheduled scope; the same again makes nothing, something else is refused', async () => {
    const input = { id: acme, slug: 'ACME', name: 'Acme', kind: 'real' } as const;
    expect(await admin.tenants.create(input, BY)).toMatchObject({ created: true, row: { version: 1, status: 'active' } });
    expect(await admin.tenants.create(input, BY)).toMatchObject({ created: false, row: { version: 1 } });
    await expect(admin.tenants.create({ ...input, name: 'Other' }, BY)).rejects.toMatchObject({ code: 'TENANT_EXISTS' });
    await expect(admin.tenants.create({ ...input, id: tenantId('acme2') }, BY)).rejects.toMatchObject({ code: 'SLUG_TAKEN' });

    expect((await admin.instances.create(acme, INSTANCE, BY)).created).toBe(true);
    expect((await admin.instances.create(acme, INSTANCE, BY)).created).toBe(false);
    await expect(admin.instances.create(acme, { ...INSTANCE, name: 'Other' }, BY)).rejects.toMatchObject({ code: 'INSTANCE_EXISTS' });

    const made = await admin.scopes.create(main, SCOPE, { tenant_hint: acme, by: BY });
    expect(made).toMatchObject({ created: true, row: { tenant_id: acme, schedule: SCOPE.schedule, schedule_id: scanScheduleId(things) } });
    expect((await admin.scopes.create(main, SCOPE, { tenant_hint: acme, by: BY })).created).toBe(false);
    expect(await admin.scopes.nextTimes(made.row)).toHaveLength(5);
    expect((await actions(acme)).toReversed()).toEqual([
      'tenant.created attempted by',
      'tenant.created done by',
      // The slug of another tenant: refused, and recorded with the one that was asked for, not here.
      'instance.created attempted by',
      'instance.created done by',
      'instance.created attempted by',
      'instance.created refused by',
      'scope.created attempted by',
      'scope.created done by',
      'schedule_set attempted by',
      'schedule_set done by',
    ]);
    expect((await pipeline.storage.audit.verify(acme)).intact).toBe(true);
  });

  it.each([
    ['connector', { connector: 'nothing' }, 'UNKNOWN_CONNECTOR', 'connector'],
    [
      'reference',
      { credentials_ref: { provider: 'env' as CredentialProvider, ref: '../x' } },
      'INVALID_CREDENTIALS_REF',
      'credentials_ref.ref',
    ],
    ['config', { config: { what: 1 } }, 'INVALID_CONFIG', 'config'],
  ])('API-03: a wrong %s of an instance is refused at its field, and nothing is written', async (_what, over, code, field) => {
    const wanted = { ...INSTANCE, id: instanceId('acme-other'), ...over };
    await expect(admin.instances.create(acme, wanted, BY)).rejects.toMatchObject({ code, field });
    expect(await pipeline.storage.instances.find(acme, wanted.id)).toBeNull();
    const before = await pipeline.storage.instances.get(acme, main);
    const edit = 'connector' in over ? {} : over;
    if (Object.keys(edit).length > 0) await expect(admin.instances.edit(main, edit, of(acme))).rejects.toMatchObject({ code, field });
    expect(await pipeline.storage.instances.get(acme, main)).toEqual(before);
  });

  it('CRED-03: a reference that could read another instance’s variable is refused, against what is stored', async () => {
    const ref = (name: string) => ({ provider: 'env' as CredentialProvider, ref: name });
    const other = { ...INSTANCE, connector: 'other', id: instanceId('acme-other') };
    // MAIN + PROBE_TOKEN is MAIN_PROBE + TOKEN.
    await expect(admin.instances.create(acme, { ...other, credentials_ref: ref('MAIN_PROBE') }, BY)).rejects.toMatchObject({
      code: 'CREDENTIALS_REF_OVERLAP',
    });
    await admin.instances.create(acme, { ...other, credentials_ref: ref('OTHER') }, BY);
    await expect(admin.instances.edit(other.id, { credentials_ref: ref('MAIN_PROBE') }, of(acme))).rejects.toMatchObject({
      code: 'CREDENTIALS_REF_OVERLAP',
    });
    await admin.instances.remove(other.id, of(acme));
    expect(await pipeline.storage.instances.find(acme, other.id)).toBeNull();
  });

  it('RUN-13: ids of the platform’s own rows are refused', async () => {
    for (const id of ['gate:acme', 'ingest:acme-probe'])
      await expect(admin.scopes.create(main, { ...SCOPE, id: scopeId(id) }, of(acme))).rejects.toMatchObject({ code: 'RESERVED_ID' });
    const platform = { id: tenantId('sv0:platform'), slug: 'SV0', name: 'x', kind: 'real' } as const;
    await expect(admin.tenants.create(platform, BY)).rejects.toMatchObject({ code: 'RESERVED_ID' });
  });

  it('API-03: an edit that was based on an older version changes nothing', async () => {
    const before = await pipeline.storage.scopes.get(acme, things);
    const edited = await admin.scopes.edit(things, { name: 'All things' }, of(acme, before.version));
    expect(edited.name).toBe('All things');
    await expect(admin.scopes.edit(things, { name: 'Late' }, of(acme, before.version))).rejects.toMatchObject({ code: 'STALE_EDIT' });
    await expect(admin.scopes.schedule(things, null, of(acme, before.version))).rejects.toMatchObject({ code: 'STALE_EDIT' });
    await expect(admin.scopes.remove(things, of(acme, before.version))).rejects.toMatchObject({ code: 'STALE_EDIT' });
    const tenant = await pipeline.storage.tenants.get(acme);
    const renamed = await admin.tenants.edit(acme, { name: 'Acme Inc' }, of(null, tenant.version));
    expect(renamed.version).toBe(tenant.version + 1);
    await expect(admin.tenants.edit(acme, { name: 'Late' }, of(null, tenant.version))).rejects.toMatchObject({ code: 'STALE_EDIT' });
    expect(await pipeline.storage.scopes.get(acme, things)).toMatchObject({ name: 'All things', schedule: SCOPE.schedule });
    expect((await pipeline.storage.tenants.get(acme)).name).toBe('Acme Inc');
  });

  it('OPS-06: a file is held against the tenant’s rows, which are read once, however many it names; again nothing is written', async () => {
    const read: string[] = [];
    const { client, queues, registry, storage: all, credentials, control } = pipeline;
    const instances = {
      ...all.instances,
      list: (...of: Parameters<typeof all.instances.list>) => (read.push('all'), all.instances.list(...of)),
    };
    const storage = {
      ...all,
      instances: { ...instances, find: (...of: Parameters<typeof all.instances.find>) => (read.push('one'), all.instances.find(...of)) },
    };
    const now = (): Date => new Date();
    const schedules = createSchedules({ client, queues, storage, now });
    const counted = createAdministration({ storage, registry, schedules, control, credentials: credentials.store, audit: all.audit, now });
    const file = applyFileSchema.parse({
      tenant: { id: 'hooli', slug: 'HOOLI', name: 'Hooli' },
      instances: Array.from({ length: 4 }, (_, n) => ({
        id: `hooli-${n}`,
        connector: 'probe',
        source_tenant: `house-${n}`,
        credentials_ref: { provider: 'env', ref: `R${n}` },
        scopes: [{ id: `hooli-${n}-all`, categories: ['things'] }],
      })),
    });
    expect(await counted.apply(file, BY)).toBe(1 + 4 + 4);
    // Each is looked for once, as it is made; the whole list was empty before it.
    expect(read).toEqual(['one', 'one', 'one', 'one']);
    read.length = 0;
    expect([await counted.apply(file, BY), read]).toEqual([0, ['all']]);
  });

  it('API-05: rows of another tenant are not found, whatever is asked of them', async () => {
    const before = [await pipeline.storage.scopes.get(acme, things), await pipeline.storage.instances.get(acme, main)];
    const records = (await pipeline.storage.audit.list(globex)).length;
    for (const attempt of [
      () => admin.scopes.edit(things, { name: 'x' }, of(globex)),
      () => admin.scopes.remove(things, of(globex)),
      () => admin.scopes.schedule(things, null, of(globex)),
      () => admin.scopes.pause(things, 'x', of(globex)),
      () => admin.scopes.resume(things, of(globex)),
      () => admin.scopes.trigger(things, of(globex)),
      () => admin.scopes.create(main, { ...SCOPE, id: scopeId('x') }, { tenant_hint: globex, by: BY }),
      () => admin.instances.edit(main, { name: 'x' }, of(globex)),
      () => admin.instances.remove(main, of(globex)),
      () => admin.tenants.edit(acme, { name: 'x' }, of(globex)),
      () => admin.findings.suppress(globex, 'f'.repeat(64), { reason: 'x', until: new Date(Date.now() + 60_000) }, BY),
      () => admin.credentials.status(globex, main),
    ])
      await expect(attempt()).rejects.toBeInstanceOf(NotFoundError);
    expect([await pipeline.storage.scopes.get(acme, things), await pipeline.storage.instances.get(acme, main)]).toEqual(before);
    expect(await pipeline.storage.audit.list(globex)).toHaveLength(records);
  });

  it('UI-03: pause, resume and the preview of a schedule', async () => {
    expect(await admin.scopes.pause(things, 'moving house', of(acme))).toMatchObject({ paused: { note: 'moving house', by: BY } });
    expect((await admin.scopes.resume(things, of(acme))).paused).toBeNull();
    const { words, next } = admin.scopes.preview({ kind: 'cron', expression: '0 2 * * 1-5', timezone: 'Europe/Madrid' }, null);
    expect(words).toContain('Europe/Madrid');
    expect(next).toHaveLength(5);
    expect(() => admin.scopes.preview({ kind: 'interval', every_seconds: 1 }, null)).toThrow('the interval is not valid');
  });

  it('CRED-08: a rotation of the key-encryption key is in the platform’s log, with who asked', async () => {
    await pipeline.credentials.rotate(BY);
    const rotations = (await pipeline.storage.audit.list(PLATFORM)).filter(({ action }) => action === 'credential.rotate');
    expect(rotations.map(({ outcome, actor }) => `${outcome} ${actor}`)).toEqual([`done ${BY}`, `attempted ${BY}`]);
  });

  it('CRED-08: what was done is not called refused because its record could not be written', async () => {
    const outcomes: string[] = [];
    const audited = createAudited(
      {
        append: async (_, { outcome }) => {
          outcomes.push(outcome);
          if (outcome === 'done') throw new TransientError('away', { code: 'DATABASE_UNAVAILABLE' });
          return {} as never;
        },
      },
      () => new Date(),
    );
    const what = { tenant: acme, action: 'tenant.edited', by: BY, subject: {} };
    await expect(audited(what, async () => 'offboarded')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(outcomes).toEqual(['attempted', 'done']);
    await expect(audited(what, () => Promise.reject(new ConflictError('no', { code: 'X' })))).rejects.toMatchObject({ code: 'X' });
    expect(outcomes.slice(2)).toEqual(['attempted', 'refused']);
  });

  it('CRED-18 CRED-21: with an instance go its binding and its open links: the next one of this id has neither', async () => {
    const { bindings, intake } = pipeline.storage;
    const [gone, stays] = [instanceId('globex-gone'), instanceId('globex-stays')];
    const at = new Date();
    const target = { provider: 'entra_app', entra_tenant_id: '11111111-2222-4333-8444-555555555555' } as const;
    for (const id of [gone, stays]) {
      await admin.instances.create(globex, { ...INSTANCE, id, credentials_ref: { provider: 'federation', ref: 'MAIN' } }, BY);
      const facts = { provider: 'entra_app', target, external_id: `sv0-${id}`, probes: [], created_at: at, changed_at: at } as const;
      await bindings.write(globex, id, 0, { ...facts, state: 'active', activated_at: at });
      const link = { id: `link-of-${id}`, instance_id: id, kind: 'probe_token', code_hash: 'ab', created_by: BY, created_at: at };
      await intake.insert(globex, { ...link, expires_at: new Date(at.getTime() + 60_000) });
    }
    await admin.instances.remove(gone, of(globex));
    await admin.instances.create(globex, { ...INSTANCE, id: gone, credentials_ref: { provider: 'federation', ref: 'MAIN' } }, BY);
    expect((await bindings.list(globex)).map(({ instance_id, state }) => [instance_id, state])).toEqual([
      [gone, 'revoked'],
      [stays, 'active'],
    ]);
    const open = await Promise.all([gone, stays].map((id) => intake.findOpen(`link-of-${id}`, at)));
    expect(open.map((link) => link?.instance_id)).toEqual([undefined, stays]);
  });

  it('API-03: offboarding destroys the stored credentials and is for ever', async () => {
    const put = await admin.credentials.put(acme, main, { kind: 'probe_token', fields: { token: 'a-token-of-the-tests' } }, BY);
    expect(put).toMatchObject({ state: 'active', version: 1 });
    await admin.scopes.remove(things, of(acme));
    expect(await pipeline.storage.scopes.find(acme, things)).toBeNull();
    await admin.tenants.edit(acme, { status: 'offboarded' }, of(null));
    expect(await pipeline.storage.collections.storedCredentials.countDocuments({ tenant_id: acme })).toBe(0);
    for (const attempt of [
      () => admin.tenants.edit(acme, { status: 'active' }, of(null)),
      () => admin.instances.create(acme, { ...INSTANCE, id: instanceId('acme-late') }, BY),
      () => admin.scopes.create(main, SCOPE, of(acme)),
    ])
      await expect(attempt()).rejects.toBeInstanceOf(ConflictError);
    expect((await pipeline.storage.tenants.get(acme)).status).toBe('offboarded');
  });

  it('DATA-02: a source tenant has one spelling, however it is written; what is stored keeps its own', async () => {
    const initech = tenantId('initech');
    await admin.tenants.create({ id: initech, slug: 'INITECH', name: 'Initech', kind: 'real' }, BY);
    const organisation = (id: string, source_tenant: string) => ({
      ...INSTANCE,
      id: instanceId(id),
      connector: 'organisation',
      source_tenant,
      credentials_ref: { provider: 'store' as CredentialProvider, ref: id.toUpperCase() },
    });
    expect(await admin.instances.create(initech, organisation('one', 'Initech-Labs'), BY)).toMatchObject({
      created: true,
      row: { source_tenant: 'initech-labs' },
    });
    expect(await admin.instances.create(initech, organisation('one', 'INITECH-LABS'), BY)).toMatchObject({ created: false });
    // From before there was one spelling: the ids of what it brought hold its own.
    const legacy = { ...organisation('two', 'Globex-Labs'), status: 'active' as const, created_at: new Date() };
    const { id: _id, ...row } = legacy;
    await pipeline.storage.instances.create(initech, { _id, ...row });
    expect((await admin.instances.create(initech, organisation('three', 'globex-labs'), BY)).row.source_tenant).toBe('Globex-Labs');
    expect((await admin.instances.edit(_id, { source_tenant: 'GLOBEX-LABS' }, of(initech))).source_tenant).toBe('Globex-Labs');
    expect((await admin.instances.edit(_id, { source_tenant: 'INITECH-labs' }, of(initech))).source_tenant).toBe('initech-labs');

    const file = {
      tenant: { id: initech, slug: 'INITECH', name: 'Initech', kind: 'real' as const },
      instances: [{ ...organisation('one', 'INITECH-Labs'), scopes: [] }],
    };
    expect(await admin.apply(file, BY)).toBe(0);
  });
});

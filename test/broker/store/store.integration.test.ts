import { describe, expect, it } from 'vitest';
import { instanceId, tenantId } from '../../../domain/ids.ts';
import { createStoreProvider } from '../../../broker/providers/store.ts';
import type { VerifiedTenant } from '../../../domain/credentials/verified-tenant.ts';
import type { StoredCredentialDoc } from '../../../storage/collections.ts';
import { withDatabase } from '../../support/mongo.ts';
import { awsManifest } from '../fixtures.ts';
import { chainOf, FIELDS, memoryKeys, NOW, openStore } from './fixtures.ts';

const database = withDatabase();
const INPUT = { kind: 'aws_access_key', fields: FIELDS };
const BY = 'test';
let seeded = 0;

async function connection(keys = memoryKeys('k1')) {
  seeded += 1;
  const [tenant, instance] = [`t${seeded}`, `t${seeded}-one`];
  const opened = openStore(database.collections, keys);
  await opened.seed(tenant, instance, `${instance}-b`);
  return { ...opened, keys, tenant: tenantId(tenant), instance: instanceId(instance), chain: chainOf(tenant, instance) };
}

describe('the encrypted store', () => {
  it('CRED-02 CRED-15: what is put comes out for the verified tenant, as the variables that the connector declares', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    expect(await recovery.recover(chain, awsManifest)).toEqual({
      variables: { AWS_ACCESS_KEY_ID: FIELDS.access_key_id, AWS_SECRET_ACCESS_KEY: FIELDS.secret_access_key },
      kind: 'aws_access_key',
      version: 'v1',
    });
    expect(await createStoreProvider(recovery).provide({ tenant: chain, ref: 'MAIN', manifest: awsManifest })).toMatchObject({
      version: 'v1',
    });
  });

  it('API-03 CRED-07: status, list and the database itself show presence, names and versions, never a value', async () => {
    const { store, records, tenant, instance } = await connection();
    expect(await store.status(tenant, instance)).toMatchObject({ state: 'none', version: 0, kind: null });
    const status = await store.put(tenant, instance, INPUT, BY);
    expect(status).toEqual({
      tenant_id: tenant,
      instance_id: instance,
      state: 'active',
      kind: 'aws_access_key',
      version: 1,
      field_names: ['access_key_id', 'secret_access_key'],
      changed_at: NOW,
    });
    expect(await store.list(tenant)).toEqual([status]);
    const everything = JSON.stringify([
      records,
      await database.collections.storedCredentials.find().toArray(),
      await database.collections.credentialStates.find().toArray(),
    ]);
    for (const value of Object.values(FIELDS)) {
      for (const form of [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')])
        expect(everything).not.toContain(form);
    }
  });

  it('CRED-08: every change is audited before and after, and without the record nothing is changed', async () => {
    const { store, records, tenant, instance } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    await store.revoke(tenant, instance, BY);
    await store.remove(tenant, instance, BY);
    expect(records.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      ['put', 'revoke', 'delete'].flatMap((action) => [`credential.${action} attempted`, `credential.${action} done`]),
    );
    const deaf = openStore(database.collections, memoryKeys('k1'), { failAudit: true });
    await expect(deaf.store.put(tenant, instance, INPUT, BY)).rejects.toThrow('audit log');
    expect((await store.status(tenant, instance)).state).toBe('deleted');
  });

  it('CRED-21: the claim is asked when all is sealed and nothing written; what it throws, or a keeper who is away before it, leaves the old one', async () => {
    const { store, recovery, tenant, instance, chain, keys } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    const next = { ...INPUT, fields: { ...FIELDS, secret_access_key: 'another-secret-value' } };
    const refusing = () => Promise.reject(new Error('taken'));
    await expect(store.put(tenant, instance, next, BY, refusing)).rejects.toThrow('taken');
    let claims = 0;
    const claim = async () => void (claims += 1);
    const away = openStore(database.collections, { ...keys, wrap: () => Promise.reject(new Error('the keeper is away')) });
    await expect(away.store.put(tenant, instance, next, BY, claim)).rejects.toThrow('away');
    expect([claims, (await recovery.recover(chain, awsManifest))?.version]).toEqual([0, 'v1']);
    expect(await database.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(1);
    await store.put(tenant, instance, next, BY, claim);
    expect([claims, (await recovery.recover(chain, awsManifest))?.version]).toEqual([1, 'v4']);
  });

  it('CRED-12: revoked and deleted are typed refusals, their keys are gone, and an operator may forget them', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    await store.revoke(tenant, instance, BY);
    await expect(recovery.recover(chain, awsManifest)).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED', actor: 'customer' });
    expect(await database.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(0);
    await store.remove(tenant, instance, BY);
    await expect(recovery.recover(chain, awsManifest)).rejects.toMatchObject({ code: 'CREDENTIAL_DELETED', actor: 'customer' });
    await expect(store.revoke(tenant, instance, BY)).rejects.toMatchObject({ code: 'CREDENTIAL_STATE' });
    await store.forget(tenant, instance, BY);
    expect(await recovery.recover(chain, awsManifest)).toBeNull();
  });

  it('CRED-12: versions never go back, also over a deletion, and only the newest counts', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    await store.remove(tenant, instance, BY);
    const next = await store.put(tenant, instance, { ...INPUT, fields: { ...FIELDS, secret_access_key: 'another-secret-value' } }, BY);
    expect(next).toMatchObject({ state: 'active', version: 2 });
    expect((await recovery.recover(chain, awsManifest))?.variables['AWS_SECRET_ACCESS_KEY']).toBe('another-secret-value');
    expect(await database.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(1);
  });

  it('CRED-06: an older row under the name of the newer one is refused', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    const old = await rowOf(tenant);
    await store.put(tenant, instance, { ...INPUT, fields: { ...FIELDS, secret_access_key: 'another-secret-value' } }, BY);
    const { _id, ...sealed } = old;
    await database.collections.storedCredentials.replaceOne({ tenant_id: tenant }, { ...sealed, version: 2 });
    await expect(recovery.recover(chain, awsManifest)).rejects.toMatchObject({ code: 'CREDENTIAL_UNRECOVERABLE' });
  });

  it('CRED-15: puts at once leave one credential, whole', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    const put = (index: number) =>
      store.put(
        tenant,
        instance,
        { kind: 'aws_access_key', fields: { access_key_id: `AKIAEXAMPLE${index}`, secret_access_key: `secret-of-writer-${index}` } },
        BY,
      );
    const results = await Promise.allSettled(Array.from({ length: 3 }, (_, index) => put(index)));
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as { code?: string; message?: string }] : [],
    );
    expect(refused.filter(({ code }) => code !== 'CREDENTIAL_SUPERSEDED').map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    const { variables } = (await recovery.recover(chain, awsManifest)) ?? { variables: {} as Record<string, string> };
    expect(variables['AWS_SECRET_ACCESS_KEY']).toBe(`secret-of-writer-${variables['AWS_ACCESS_KEY_ID']?.slice(-1)}`);
    expect(await database.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(1);
  });

  it.each(['revoke', 'remove'] as const)(
    'CRED-12: a put that a %s overtakes is refused: it does not count without what was sealed',
    async (take) => {
      const { store, recovery, credentials, tenant, instance, chain } = await connection();
      await store.put(tenant, instance, INPUT, BY);
      const row = await credentials.sealed(tenant, instance, 1);
      // As far as a put comes before it counts.
      const version = await credentials.issueVersion(tenant, instance, NOW);
      if (row === null || !(await credentials.insert({ ...row, version }))) throw new Error('no row');
      const { state } = await store[take](tenant, instance, BY);
      expect(await credentials.activate(tenant, instance, { version, kind: row.kind, field_names: [], now: NOW })).toBe(false);
      expect(await store.status(tenant, instance)).toMatchObject({ state, version: 0 });
      expect(await database.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(0);
      await expect(recovery.recover(chain, awsManifest)).rejects.toMatchObject({ code: `CREDENTIAL_${state.toUpperCase()}` });
      expect(await store.put(tenant, instance, INPUT, BY)).toMatchObject({ state: 'active', version: 3 });
      expect(await recovery.recover(chain, awsManifest)).toMatchObject({ version: 'v3' });
    },
  );

  it('CRED-01: recovery wants a tenant that the row chain made', async () => {
    const { store, recovery, tenant, instance, chain } = await connection();
    await store.put(tenant, instance, INPUT, BY);
    await expect(recovery.recover({ ...chain } as VerifiedTenant, awsManifest)).rejects.toMatchObject({ code: 'TENANT_NOT_VERIFIED' });
  });

  it('CRED-05: another tenant’s connection is not found, and nothing is written', async () => {
    const { store, tenant, instance } = await connection();
    const other = await connection();
    for (const call of [
      () => store.put(other.tenant, instance, INPUT, BY),
      () => store.status(other.tenant, instance),
      () => store.revoke(other.tenant, instance, BY),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'NotFoundError' });
    }
    expect(await database.collections.credentialStates.countDocuments({ tenant_id: { $in: [tenant, other.tenant] } })).toBe(0);
  });
});

const rowOf = async (tenant: string): Promise<StoredCredentialDoc> => {
  const row = await database.collections.storedCredentials.findOne({ tenant_id: tenantId(tenant) });
  if (row === null) throw new Error('no row');
  return row;
};

describe('a row that was tampered with', () => {
  /** Whatever of the second connection's row is put into the first one's. */
  const swaps: readonly (readonly [string, (mine: StoredCredentialDoc, theirs: StoredCredentialDoc) => Partial<StoredCredentialDoc>])[] = [
    ['its kind', () => ({ kind: 'aws_session' })],
    ['its nonce', (_, { nonce }) => ({ nonce })],
    ['its ciphertext', (_, { ciphertext }) => ({ ciphertext })],
    ['its tag', (_, { tag }) => ({ tag })],
    ['its data key', (_, { data_key }) => ({ data_key })],
    [
      'its wrapped key only',
      (mine, theirs) => ({ data_key: { kek_id: mine.data_key?.kek_id ?? '', wrapped: theirs.data_key?.wrapped ?? '' } }),
    ],
    ['its key-encryption key', (mine) => ({ data_key: { kek_id: 'k2', wrapped: mine.data_key?.wrapped ?? '' } })],
    ['everything sealed', (_, { nonce, ciphertext, tag, data_key }) => ({ nonce, ciphertext, tag, data_key })],
    ['a tag of 4 bytes', ({ tag }) => ({ tag: Buffer.from(tag, 'base64').subarray(0, 4).toString('base64') })],
    ['no tag', () => ({ tag: '' })],
    ['one bit of the ciphertext', ({ ciphertext }) => ({ ciphertext: flipped(ciphertext) })],
    ['a destroyed key', () => ({ data_key: null })],
  ];
  const flipped = (text: string): string => {
    const bytes = Buffer.from(text, 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return bytes.toString('base64');
  };

  it.each(swaps)('CRED-12: does not open with %s swapped', async (_, swap) => {
    const { store, recovery, tenant, instance, chain } = await connection(memoryKeys('k1', 'k2'));
    await store.put(tenant, instance, INPUT, BY);
    const before = await rowOf(tenant);
    const second = instanceId(`${instance}-b`);
    await store.put(tenant, second, INPUT, BY);
    const theirs = await database.collections.storedCredentials.findOne({ instance_id: second });
    if (theirs === null) throw new Error('no row');
    await database.collections.storedCredentials.updateOne({ _id: before._id }, { $set: swap(before, theirs) });
    const failure = await recovery.recover(chain, awsManifest).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CREDENTIAL_UNRECOVERABLE', actor: 'operator' });
    expect(String(failure)).not.toContain(FIELDS.secret_access_key);
  });

  it('CRED-12: does not open under another tenant’s name, also with all its fields', async () => {
    const keys = memoryKeys('k1');
    const [one, two] = [await connection(keys), await connection(keys)];
    await one.store.put(one.tenant, one.instance, INPUT, BY);
    await two.store.put(two.tenant, two.instance, INPUT, BY);
    const { nonce, ciphertext, tag, data_key } = await rowOf(one.tenant);
    await database.collections.storedCredentials.updateOne({ tenant_id: two.tenant }, { $set: { nonce, ciphertext, tag, data_key } });
    await expect(two.recovery.recover(two.chain, awsManifest)).rejects.toMatchObject({ code: 'CREDENTIAL_UNRECOVERABLE' });
  });
});

describe('offboarding', () => {
  it('CRED-12: destroys every data key of the tenant, and no other’s', async () => {
    const keys = memoryKeys('k1');
    const [gone, stays] = [await connection(keys), await connection(keys)];
    await gone.store.put(gone.tenant, gone.instance, INPUT, BY);
    await stays.store.put(stays.tenant, stays.instance, INPUT, BY);
    await expect(gone.store.destroyTenant(gone.tenant, BY)).rejects.toMatchObject({ code: 'TENANT_STILL_ACTIVE' });
    await gone.tenants.setStatus(gone.tenant, 'offboarded');
    expect(await gone.store.destroyTenant(gone.tenant, BY)).toBe(1);
    expect(await database.collections.storedCredentials.countDocuments({ tenant_id: gone.tenant })).toBe(0);
    await expect(gone.recovery.recover(gone.chain, awsManifest)).rejects.toMatchObject({ code: 'CREDENTIAL_DELETED' });
    await expect(gone.store.put(gone.tenant, gone.instance, INPUT, BY)).rejects.toMatchObject({ code: 'TENANT_NOT_ACTIVE' });
    expect(await stays.recovery.recover(stays.chain, awsManifest)).not.toBeNull();
  });
});

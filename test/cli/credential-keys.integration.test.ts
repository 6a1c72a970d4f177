/** `SV0_CREDENTIAL_KEYS`: what is taken, what is refused, and a rotation from a file to KMS by the command itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../cli/config.ts';
import { openCredentialKeys } from '../../cli/compose/credential-keys.ts';
import { createStoredCredentials } from '../../cli/compose/credential-store.ts';
import { openStorage } from '../../cli/compose/storage.ts';
import { builtinConnectors } from '../../connectors/registry/builtin.ts';
import { createRegistry } from '../../connectors/registry/registry.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { sv0Child } from '../support/cli.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';
import { type RunningMoto, startMoto } from '../support/moto.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001';
const VAULT = `https://kv-sv0-prod.vault.azure.net/keys/credentials/${'0a'.repeat(16)}`;
const database = withDatabase();
let folder = '';
let moto: RunningMoto;
let endpoint = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-kept-'));
  moto = await startMoto();
  ({ endpoint } = moto);
}, 120_000);
afterAll(async () => {
  moto.stop();
  await rm(folder, { recursive: true });
});

describe('the setting', () => {
  it('CRED-02: names keepers and keys, the first of them current', async () => {
    const { credentialKeys } = loadConfig({ SV0_CREDENTIAL_KEYS: `kms:${ARN}, keyvault:${VAULT},/run/keys/a.key` }, folder);
    expect(credentialKeys).toEqual([
      { keeper: 'kms', arn: ARN, region: 'eu-west-1' },
      { keeper: 'keyvault', id: VAULT },
      { keeper: 'file', path: '/run/keys/a.key' },
    ]);
    const keys = {
      credentialKeys: credentialKeys?.slice(0, 2),
      keyVault: { signIn: 'cli', clientId: undefined },
      stateDir: folder,
    } as const;
    expect((await openCredentialKeys(keys)).current).toBe(ARN);
    await expect(openCredentialKeys({ ...keys, keyVault: undefined })).rejects.toMatchObject({ field: 'SV0_KEY_VAULT' });
  });

  it.each([
    `KMS:${ARN}`,
    'kms:arn:aws:kms:eu-west-1:111122223333:alias/credentials',
    `keyvault:${VAULT.slice(0, VAULT.lastIndexOf('/'))}`,
    `keyvault:${VAULT.replace('https', 'http')}`,
    `keyvault:${VAULT.replace('kv-sv0-prod.', 'evil.example/')}`,
    'vault:somewhere',
    '/run/keys/a.key,,/run/keys/b.key',
  ])('CRED-02: %j is refused', (text) => {
    expect(() => loadConfig({ SV0_CREDENTIAL_KEYS: text }, folder)).toThrow(/SV0_CREDENTIAL_KEYS: kms:/);
  });
});

describe('sv0 credentials rotate', () => {
  it('CRED-02: moves every record from a file to KMS; the file is not needed then', async () => {
    const aws = { AWS_ENDPOINT_URL_KMS: endpoint, AWS_ACCESS_KEY_ID: 'AKIAMOTO', AWS_SECRET_ACCESS_KEY: 'moto' };
    const credentials = { accessKeyId: aws.AWS_ACCESS_KEY_ID, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY };
    const kms = new KMSClient({ endpoint, region: 'eu-west-1', credentials });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    kms.destroy();
    const [key, file] = [`kms:${KeyMetadata?.Arn}`, join(folder, 'a.key')];
    await writeFile(file, '11'.repeat(32), { mode: 0o600 });
    const created_at = new Date();
    const [tenant, _id] = [tenantId('acme'), instanceId('acme-github')];
    await createTenantRepository(database.collections).create({ _id: tenant, slug: 'ACME', name: 'Acme', kind: 'demo', created_at });
    const instance = { connector: 'github', name: 'github', source_tenant: 'acme', config: {}, status: 'active', created_at } as const;
    const credentials_ref = { provider: 'store', ref: 'MAIN' } as const;
    await createInstanceRepository(database.collections).create(tenant, { ...instance, _id, credentials_ref });
    const settings = { credentialKeys: [{ keeper: 'file', path: file }], keyVault: undefined, stateDir: folder } as const;
    const storage = await openStorage({ uri: testMongoUri(), database: database.name, artifactKey: new Uint8Array(32) });
    const registry = createRegistry(builtinConnectors(folder));
    const { store } = createStoredCredentials({ storage, registry, keys: await openCredentialKeys(settings), now: () => new Date() });
    await store.put(tenant, _id, { kind: 'github_token', fields: { token: 'canary-0d1f2e' } }, 'test');
    await storage.close();
    const rotate = (keys: string) =>
      sv0Child(['credentials', 'rotate'], {
        env: {
          ...aws,
          MONGODB_URI: testMongoUri(),
          SV0_MONGODB_DATABASE: database.name,
          TEMPORAL_ADDRESS: '127.0.0.1:1',
          SV0_STATE_DIR: folder,
          SV0_CREDENTIAL_KEYS: keys,
        },
      });
    expect((await rotate(`${key},${file}`)).out).toContain('1 re-wrapped');
    expect((await rotate(key)).out).toContain('0 re-wrapped, 0 changed meanwhile, 0 that do not open');
    const without = await rotate(file);
    expect([without.code, without.out]).toEqual([1, expect.stringContaining('acme/acme-github')]);
    const row = await database.collections.storedCredentials.findOne({ tenant_id: tenant });
    expect(row?.data_key?.kek_id).toBe(KeyMetadata?.Arn);
  });
});

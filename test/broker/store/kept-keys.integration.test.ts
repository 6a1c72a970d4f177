/** Keys that never leave their keeper, with the real clients: KMS as moto serves it, Key Vault as the emulator does. One contract for both. */
import { randomUUID } from 'node:crypto';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ManagedIdentityCredential } from '@azure/identity';
import { CryptographyClient } from '@azure/keyvault-keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyVaultKey } from '../../../broker/store/key-vault-keys.ts';
import { type KeyEncryptionKey, keyRing } from '../../../broker/store/keys.ts';
import { createKmsKey } from '../../../broker/store/kms-keys.ts';
import { rotateKeys } from '../../../broker/store/rotate.ts';
import { newDataKey, wrapBinding } from '../../../broker/store/seal.ts';
import { instanceId, tenantId } from '../../../domain/ids.ts';
import { type RunningKeyVault, startKeyVaultEmulator } from '../../../emulators/keyvault/server.ts';
import { withDatabase } from '../../support/mongo.ts';
import { type RunningMoto, startMoto } from '../../support/moto.ts';
import { awsManifest } from '../fixtures.ts';
import { chainOf, FIELDS, memoryKeys, openStore } from './fixtures.ts';

const REGION = 'eu-west-1';
const NO_RETRIES = { retryOptions: { maxRetries: 0 } } as const;
const database = withDatabase();
let moto: RunningMoto;
let endpoint = '';
let kms: KMSClient;
let vault: RunningKeyVault;

beforeAll(async () => {
  moto = await startMoto();
  ({ endpoint } = moto);
  vault = await startKeyVaultEmulator();
  process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = vault.url;
  kms = new KMSClient({ endpoint, region: REGION, maxAttempts: 1, credentials: { accessKeyId: 'AKIAMOTO', secretAccessKey: 'moto' } });
}, 120_000);
afterAll(async () => {
  moto.stop();
  kms.destroy();
  await vault.close();
});

async function kmsKey(): Promise<KeyEncryptionKey> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return createKmsKey({ client: kms, arn: KeyMetadata?.Arn ?? '' });
}

function vaultKey(id = vault.addKey({ name: `k${randomUUID()}` })): KeyEncryptionKey {
  // Off loopback neither is ever set (cli/compose/credential-keys.ts): the challenge must name the vault's own domain, by TLS.
  const loopback = { disableChallengeResourceVerification: true, allowInsecureConnection: true };
  const credential = new ManagedIdentityCredential({ clientId: randomUUID(), ...NO_RETRIES });
  return createKeyVaultKey({ client: new CryptographyClient(id, credential, { ...NO_RETRIES, ...loopback }), id });
}

const binding = { tenant: 'acme', connection: 'c0', kind: 'aws_access_key', version: 1 };

describe.each([
  ['KMS', kmsKey, (id: string) => createKmsKey({ client: kms, arn: `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}` })],
  ['Key Vault', async () => vaultKey(), (id: string) => vaultKey(id.replace(/.{4}$/, 'ffff'))],
] as const)('a key-encryption key of %s', (_, make, absent) => {
  it('CRED-02 CRED-12: opens what it wrapped, for the binding that it wrapped it for and no other', async () => {
    const [key, other] = [await make(), await make()];
    const [dataKey, bound] = [newDataKey(), wrapBinding(binding, key.id)];
    const wrapped = await key.wrap(dataKey, bound);
    expect(Buffer.from(wrapped).includes(dataKey)).toBe(false);
    expect(Buffer.from(await key.unwrap(wrapped, bound)).equals(dataKey)).toBe(true);
    for (const swapped of [{ tenant: 'globex' }, { connection: 'c1' }, { kind: 'other' }, { version: 2 }]) {
      await expect(key.unwrap(wrapped, wrapBinding({ ...binding, ...swapped }, key.id))).rejects.toThrow('not what was wrapped');
    }
    await expect(other.unwrap(wrapped, wrapBinding(binding, other.id))).rejects.toThrow('not what was wrapped');
    const changed = Buffer.from(wrapped);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(key.unwrap(changed, bound)).rejects.toThrow('not what was wrapped');
  });

  it('CRED-02: a key that its keeper does not have is missing', async () => {
    const key = await make();
    const bound = wrapBinding(binding, key.id);
    const wrapped = await key.wrap(newDataKey(), bound);
    const gone = absent(key.id);
    await expect(gone.unwrap(wrapped, bound)).rejects.toMatchObject({
      code: 'CREDENTIAL_KEY_MISSING',
      actor: 'operator',
      subject: gone.id,
    });
  });

  it('CRED-02 CRED-12: records move to it from other keys, and open by it alone then', async () => {
    await database.clear();
    const old = memoryKeys('old');
    const opened = openStore(database.collections, old);
    await opened.seed('acme', 'c0', 'c1');
    for (const name of ['c0', 'c1'])
      await opened.store.put(tenantId('acme'), instanceId(name), { kind: 'aws_access_key', fields: FIELDS }, 'test');
    const key = await make();
    const ring = keyRing(key, { id: 'old', wrap: (...of) => old.wrap(...of), unwrap: (...of) => old.unwrap('old', ...of) });
    expect(await rotateKeys(opened.credentials, ring)).toEqual({ rewrapped: 2, passed_over: 0, failed: [] });
    const after = openStore(database.collections, keyRing(key));
    for (const name of ['c0', 'c1'])
      expect((await after.recovery.recover(chainOf('acme', name), awsManifest))?.variables['AWS_SECRET_ACCESS_KEY']).toBe(
        FIELDS.secret_access_key,
      );
  });
});

describe('what a keeper answers', () => {
  it('CRED-02: Key Vault: no identity, no right, throttled and away are told apart; the public half need not be readable', async () => {
    const id = vault.addKey({ name: 'credentials' });
    const bound = wrapBinding(binding, id);
    const wrapped = await vaultKey(id).wrap(newDataKey(), bound);
    for (const [nasty, code] of [
      [{ denied: true }, 'CREDENTIAL_KEY_DENIED'],
      [{ rejectTokens: true }, 'CREDENTIAL_KEY_UNAUTHENTICATED'],
      [{ noIdentity: true }, 'CREDENTIAL_KEY_UNAUTHENTICATED'],
      [{ identityAway: 429 }, 'CREDENTIAL_KEY_THROTTLED'],
      [{ identityAway: 503 }, 'CREDENTIAL_KEY_UNAVAILABLE'],
      [{ throttle: { requests: 1, retryAfterMs: 60_000 } }, 'CREDENTIAL_KEY_THROTTLED'],
      [{ unavailable: true }, 'CREDENTIAL_KEY_UNAVAILABLE'],
    ] as const) {
      vault.misbehave(nasty);
      await expect([nasty, await codeOf(vaultKey(id).unwrap(wrapped, bound))]).toEqual([nasty, code]);
    }
    vault.misbehave({});
    expect(vault.counters['get']).toBeUndefined();
    expect((await vaultKey(id).unwrap(wrapped, bound)).length).toBe(32);
  });

  it('CRED-02: Key Vault: a disabled key is told, and ends a rotation: no record is said not to open because of it', async () => {
    const name = 'disabled-later';
    const [old, next] = [vaultKey(vault.addKey({ name })), vaultKey()];
    await database.clear();
    const opened = openStore(database.collections, keyRing(old));
    await opened.seed('acme', 'c0');
    await opened.store.put(tenantId('acme'), instanceId('c0'), { kind: 'aws_access_key', fields: FIELDS }, 'test');
    vault.enableKey(name, false);
    const disabled = { code: 'CREDENTIAL_KEY_DISABLED', actor: 'operator' };
    await expect(old.wrap(newDataKey(), Buffer.alloc(8))).rejects.toMatchObject(disabled);
    await expect(opened.recovery.recover(chainOf('acme', 'c0'), awsManifest)).rejects.toMatchObject(disabled);
    await expect(rotateKeys(opened.credentials, keyRing(next, old))).rejects.toMatchObject(disabled);
    vault.enableKey(name, true);
    expect(await rotateKeys(opened.credentials, keyRing(next, old))).toMatchObject({ rewrapped: 1 });
  });

  it('CRED-02: KMS: a server that takes our identity for nobody’s is told apart from a key that is not there', async () => {
    const key = await kmsKey();
    const bound = wrapBinding(binding, key.id);
    const wrapped = await key.wrap(newDataKey(), bound);
    // Moto's switch: after so many requests it asks for rights, and nobody has any.
    const allowed = async (requests: number) => await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: String(requests) });
    await allowed(0);
    try {
      await expect(key.unwrap(wrapped, bound)).rejects.toMatchObject({ code: 'CREDENTIAL_KEY_DENIED', actor: 'operator' });
    } finally {
      await allowed(1e9);
    }
    expect((await key.unwrap(wrapped, bound)).length).toBe(32);
  });

  // Moto uses disabled keys all the same, and names its refusals otherwise: these are the names of AWS's own reference.
  it.each([
    ['DisabledException', 400, 'CREDENTIAL_KEY_DISABLED'],
    ['KMSInvalidStateException', 400, 'CREDENTIAL_KEY_DISABLED'],
    ['ThrottlingException', 400, 'CREDENTIAL_KEY_THROTTLED'],
    ['AccessDeniedException', 400, 'CREDENTIAL_KEY_DENIED'],
    ['UnrecognizedClientException', 400, 'CREDENTIAL_KEY_UNAUTHENTICATED'],
    ['CredentialsProviderError', undefined, 'CREDENTIAL_KEY_UNAUTHENTICATED'],
    ['KeyUnavailableException', 500, 'CREDENTIAL_KEY_UNAVAILABLE'],
    ['TimeoutError', undefined, 'CREDENTIAL_KEY_UNAVAILABLE'],
  ])('CRED-02: KMS: %s', async (name, httpStatusCode, code) => {
    const error = Object.assign(new Error('canary-of-the-keeper'), { name, $metadata: { httpStatusCode } });
    const key = createKmsKey({ client: { send: () => Promise.reject(error) }, arn: 'arn:aws:kms:eu-west-1:111122223333:key/k' });
    const refused = await key.unwrap(Buffer.alloc(64), Buffer.alloc(8)).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code });
    expect(JSON.stringify(refused) + String(refused)).not.toContain('canary-of-the-keeper');
  });
});

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    ({ code }: { code: unknown }) => code,
  );

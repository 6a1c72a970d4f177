/** What keeps a secret or a key, and never answers: the broker says so itself, before Temporal would call its worker lost. */
import { afterEach, expect, it, vi } from 'vitest';
import { createAwsSecretsManagerProvider } from '../../broker/providers/aws-secretsmanager.ts';
import { createAzureKeyVaultProvider } from '../../broker/providers/azure-keyvault.ts';
import { createKeyVaultKey } from '../../broker/store/key-vault-keys.ts';
import { createKmsKey } from '../../broker/store/kms-keys.ts';
import { awsManifest, verifiedAs } from './fixtures.ts';

afterEach(() => vi.restoreAllMocks());

const silent = (...args: readonly unknown[]): Promise<never> =>
  new Promise((_, reject) => {
    const { abortSignal } = args.at(-1) as { abortSignal: AbortSignal };
    abortSignal.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
  });
const request = { tenant: verifiedAs('ACME', 'MAIN'), ref: 'MAIN', manifest: awsManifest };
const bytes = Buffer.alloc(32);
const kms = createKmsKey({ client: { send: silent }, arn: 'arn:aws:kms:eu-west-1:111122223333:key/k' });
const vaultKey = createKeyVaultKey({ client: { wrapKey: silent, unwrapKey: silent }, id: 'https://v/keys/k/1' });

it.each([
  ['Key Vault', 'VAULT', () => createAzureKeyVaultProvider({ client: { getSecret: silent }, now: () => new Date(0) }).provide(request)],
  ['Secrets Manager', 'VAULT', () => createAwsSecretsManagerProvider({ client: { send: silent }, environment: 'test' }).provide(request)],
  ['KMS, to wrap', 'CREDENTIAL_KEY', () => kms.wrap(bytes, bytes)],
  ['KMS, to unwrap', 'CREDENTIAL_KEY', () => kms.unwrap(bytes, bytes)],
  ['a key of Key Vault, to wrap', 'CREDENTIAL_KEY', () => vaultKey.wrap(bytes, bytes)],
  ['a key of Key Vault, to unwrap', 'CREDENTIAL_KEY', () => vaultKey.unwrap(bytes, bytes)],
])('CRED-17 RUN-17: %s that does not answer is a passing failure, within seconds', async (_, code, ask) => {
  const soon = AbortSignal.timeout(5);
  const limit = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon);
  await expect(ask()).rejects.toMatchObject({ name: 'TransientError', code: `${code}_UNAVAILABLE` });
  expect(limit.mock.calls).toEqual([[10_000]]);
});

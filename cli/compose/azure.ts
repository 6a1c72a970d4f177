/** The clients of Azure, with the host's own identity. Only named kinds of sign-in: no chain that tries whatever the host has. */
import { AzureCliCredential, ManagedIdentityCredential, WorkloadIdentityCredential } from '@azure/identity';
import { CryptographyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';
import type { AppConfig } from '../config.ts';

type SignIn = NonNullable<AppConfig['keyVault']>;

/** One try each: what may be tried again is the workflow's to decide (FLOW-02). */
const NO_RETRIES = { retryOptions: { maxRetries: 0 } } as const;

export const secretClient = (url: string, signIn: SignIn): SecretClient => new SecretClient(url, credentialOf(signIn), NO_RETRIES);

export const cryptographyClient = (keyId: string, signIn: SignIn): CryptographyClient =>
  new CryptographyClient(keyId, credentialOf(signIn), NO_RETRIES);

function credentialOf({ signIn, clientId }: SignIn) {
  const identity = clientId === undefined ? {} : { clientId };
  switch (signIn) {
    case 'managed_identity':
      return new ManagedIdentityCredential({ ...identity, ...NO_RETRIES });
    case 'workload_identity':
      return new WorkloadIdentityCredential({ ...identity, ...NO_RETRIES });
    case 'cli':
      return new AzureCliCredential();
  }
}

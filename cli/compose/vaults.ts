/** The clients of the vaults, with the worker's own identity. Only named kinds of sign-in: no chain that tries whatever the host has. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AzureCliCredential, ManagedIdentityCredential, WorkloadIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { createAwsSecretsManagerProvider } from '../../broker/providers/aws-secretsmanager.ts';
import { createAzureKeyVaultProvider } from '../../broker/providers/azure-keyvault.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import type { AppConfig } from '../config.ts';

type VaultConfig = Pick<AppConfig, 'environmentName' | 'keyVault' | 'secretsManagerRegion'>;

/** One try each: what may be tried again is the workflow's to decide (FLOW-02). */
export const NO_RETRIES = { retryOptions: { maxRetries: 0 } } as const;

export const keyVaultUrl = (environment: string): string => `https://kv-sv0-${environment}.vault.azure.net`;

export function vaultProviders(
  { environmentName, keyVault, secretsManagerRegion }: VaultConfig,
  now: () => Date,
): readonly CredentialProvider[] {
  const providers: CredentialProvider[] = [];
  if (keyVault !== undefined) {
    const client = new SecretClient(keyVaultUrl(environmentName), azureCredential(keyVault), NO_RETRIES);
    providers.push(createAzureKeyVaultProvider({ client, now }));
  }
  if (secretsManagerRegion !== undefined) {
    const client = new SecretsManagerClient({ region: secretsManagerRegion, maxAttempts: 1 });
    providers.push(createAwsSecretsManagerProvider({ client, environment: environmentName }));
  }
  return providers;
}

export function azureCredential({ signIn, clientId }: NonNullable<AppConfig['keyVault']>) {
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

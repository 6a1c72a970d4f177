/** The vaults that this host is configured for. What talks to them is loaded then only: half a second of every other start. */
import { createAzureKeyVaultProvider } from '../../broker/providers/azure-keyvault.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import type { AppConfig } from '../config.ts';

type VaultConfig = Pick<AppConfig, 'environmentName' | 'keyVault' | 'secretsManagerRegion'>;

export const keyVaultUrl = (environment: string): string => `https://kv-sv0-${environment}.vault.azure.net`;

export async function vaultProviders(
  { environmentName, keyVault, secretsManagerRegion }: VaultConfig,
  now: () => Date,
): Promise<readonly CredentialProvider[]> {
  const providers: CredentialProvider[] = [];
  if (keyVault !== undefined) {
    const { secretClient } = await import('./azure.ts');
    const client = secretClient(keyVaultUrl(environmentName), keyVault);
    providers.push(createAzureKeyVaultProvider({ client, now }));
  }
  if (secretsManagerRegion !== undefined) {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const { createAwsSecretsManagerProvider } = await import('../../broker/providers/aws-secretsmanager.ts');
    const client = new SecretsManagerClient({ region: secretsManagerRegion, maxAttempts: 1 });
    providers.push(createAwsSecretsManagerProvider({ client, environment: environmentName }));
  }
  return providers;
}

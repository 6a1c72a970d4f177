/** The vaults of the sweep: Key Vault's emulator and moto, with real clients. */
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { createAwsSecretsManagerProvider } from '../../../broker/providers/aws-secretsmanager.ts';
import type { CredentialProvider } from '../../../broker/provider.ts';
import { secretsManagerName, vaultName } from '../../../domain/credentials/vault-name.ts';
import type { TenantId } from '../../../domain/ids.ts';
import { startKeyVaultEmulator } from '../../../emulators/keyvault/server.ts';
import { vaultProvider } from '../../broker/providers/vault-fixtures.ts';
import { startMoto } from '../../support/moto.ts';
import { startAzureDomain } from './azure-domain.ts';

export interface Vaults {
  readonly providers: readonly CredentialProvider[];
  /** For a worker process: where its vaults are. */
  readonly environment: Readonly<Record<string, string>>;
  put(provider: 'azure_keyvault' | 'aws_secretsmanager', tenant: TenantId, kind: string, document: object): Promise<void>;
  close(): Promise<void>;
}

const REGION = 'eu-west-1';
const ENVIRONMENT = 'dev';

export async function startVaults(): Promise<Vaults> {
  const keyVault = await startKeyVaultEmulator({});
  const moto = await startMoto();
  const { endpoint } = moto;
  const credentials = { accessKeyId: 'AKIAMOTO000000000001', secretAccessKey: 'moto-accepts-anything' };
  const azure = await startAzureDomain(ENVIRONMENT, keyVault.url);
  const client = new SecretsManagerClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
  return {
    providers: [vaultProvider(keyVault.url, randomUUID()), createAwsSecretsManagerProvider({ client, environment: ENVIRONMENT })],
    environment: {
      ...azure.environment,
      SV0_ENVIRONMENT: ENVIRONMENT,
      SV0_SECRETS_MANAGER_REGION: REGION,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    put: async (provider, tenant, kind, document) => {
      const value = JSON.stringify(document);
      if (provider === 'azure_keyvault') keyVault.set({ name: vaultName(tenant, kind), value, tags: { tenant, kind } });
      else await client.send(new CreateSecretCommand({ Name: secretsManagerName(ENVIRONMENT, tenant, kind), SecretString: value }));
    },
    close: async () => {
      moto.stop();
      await azure.close();
      await keyVault.close();
    },
  };
}

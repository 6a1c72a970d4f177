/**
 * Azure Key Vault: one secret per (tenant, connector kind) under an injective name, of which the reference selects a part (CRED-03, CRED-17).
 * `get` is the only permission that is used. Nothing is kept between calls, so a rotation is seen by the next scan.
 */
import type { KeyVaultSecret, SecretClient } from '@azure/keyvault-secrets';
import { KEEPER_TIMEOUT_MS } from '../limits.ts';
import { vaultName } from '../../domain/credentials/vault-name.ts';
import { type AzureFailure, azureFailure } from '../azure-errors.ts';
import type { CredentialProvider } from '../provider.ts';
import { selectFromDocument } from './vault-document.ts';
import {
  denied,
  disabled,
  expired,
  noIdentity,
  notOurs,
  notYetValid,
  refused,
  throttled,
  unauthenticated,
  unavailable,
} from './vault-failures.ts';

const NAME = 'azure_keyvault';

export interface AzureKeyVaultDeps {
  /** Its own retries are off: those of a stage are in the workflow. */
  readonly client: Pick<SecretClient, 'getSecret'>;
  readonly now: () => Date;
}

export function createAzureKeyVaultProvider({ client, now }: AzureKeyVaultDeps): CredentialProvider {
  return {
    name: NAME,
    provide: async ({ tenant, ref, manifest }) => {
      const name = vaultName(tenant.tenant_id, tenant.connector);
      const secret = await read(client, name);
      if (secret === null) return null;
      const { properties } = secret;
      // Names are not proof: the vault folds case, and people fill it.
      if (properties.tags?.['tenant'] !== tenant.tenant_id || properties.tags['kind'] !== tenant.connector) {
        throw notOurs('the tags tenant and kind with the values that the name stands for');
      }
      // Key Vault answers GET for expired secrets as for others: both dates are only advice to its readers.
      const at = now();
      if (properties.enabled === false) throw disabled();
      if (properties.notBefore !== undefined && properties.notBefore > at) throw notYetValid(properties.notBefore);
      if (properties.expiresOn !== undefined && properties.expiresOn <= at) throw expired(properties.expiresOn);
      const variables = selectFromDocument(secret.value, ref, manifest);
      return variables === null ? null : { variables, version: properties.version ?? 'unknown', expires_at: properties.expiresOn ?? null };
    },
  };
}

async function read(client: AzureKeyVaultDeps['client'], name: string): Promise<KeyVaultSecret | null> {
  try {
    return await client.getSecret(name, { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) });
  } catch (error) {
    const failure = azureFailure(error);
    if (failure.status === 404 && !failure.identity) return null;
    throw failureOf(failure);
  }
}

function failureOf({ identity, status, passing, innerCode }: AzureFailure): Error {
  if (passing !== null) return passing === 'throttled' ? throttled(NAME) : unavailable(NAME);
  if (identity) return noIdentity(NAME);
  if (status === 401) return unauthenticated(NAME);
  if (status === 403) return innerCode === 'SecretDisabled' ? disabled() : denied(NAME);
  return refused(NAME);
}

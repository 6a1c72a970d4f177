/**
 * Azure Key Vault: one secret per (tenant, connector kind) under an injective name, of which the reference selects a part (CRED-03, CRED-17).
 * `get` is the only permission that is used. Nothing is kept between calls, so a rotation is seen by the next scan.
 */
import type { KeyVaultSecret, SecretClient } from '@azure/keyvault-secrets';
import { vaultName } from '../../domain/credentials/vault-name.ts';
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
    productionGrade: true,
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
    return await client.getSecret(name);
  } catch (error) {
    if (statusOf(error) === 404 && !ofIdentity(error)) return null;
    throw failureOf(error);
  }
}

function failureOf(error: unknown): Error {
  const status = statusOf(error);
  if (status === 429) return throttled(NAME);
  if (status === 408 || (status !== null && status >= 500)) return unavailable(NAME);
  if (ofIdentity(error)) return noIdentity(NAME);
  if (status === 401) return unauthenticated(NAME);
  if (status === 403) return innerCode(error) === 'SecretDisabled' ? disabled() : denied(NAME);
  // A request that got no answer: refused, reset, not resolved, timed out.
  if (status === null && error instanceof Error && (error.name === 'RestError' || error.name === 'AbortError')) return unavailable(NAME);
  return refused(NAME);
}

/** The errors of @azure/identity: no token was to be had, so no vault was asked. */
function ofIdentity(error: unknown): boolean {
  return error instanceof Error && /^(?:Aggregate)?Authentication(?:Required)?Error$|^CredentialUnavailableError$/.test(error.name);
}

function statusOf(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : null;
}

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret: `error.innererror.code`, which the SDK spells `innerError`. */
function innerCode(error: unknown): string | null {
  const details =
    error instanceof Error && 'details' in error
      ? (error.details as { error?: { innerError?: { code?: unknown } } } | undefined)
      : undefined;
  const code = details?.error?.innerError?.code;
  return typeof code === 'string' ? code : null;
}

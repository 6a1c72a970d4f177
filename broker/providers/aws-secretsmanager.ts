/** AWS Secrets Manager: `sv0/{env}/{tenantId}/{kind}`, by `GetSecretValue` only. The same document as in Key Vault. */
import { GetSecretValueCommand, type GetSecretValueCommandOutput, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KEEPER_TIMEOUT_MS } from '../limits.ts';
import { secretsManagerName } from '../../domain/credentials/vault-name.ts';
import type { CredentialProvider } from '../provider.ts';
import { selectFromDocument } from './vault-document.ts';
import { denied, disabled, noIdentity, notOurs, refused, throttled, unauthenticated, unavailable } from './vault-failures.ts';

const NAME = 'aws_secretsmanager';

export interface AwsSecretsManagerDeps {
  /** With `maxAttempts: 1`: the retries of a stage are in the workflow. */
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** `prod`, `staging`: keeps installations that share an account apart. */
  readonly environment: string;
}

export function createAwsSecretsManagerProvider({ client, environment }: AwsSecretsManagerDeps): CredentialProvider {
  return {
    name: NAME,
    provide: async ({ tenant, ref, manifest }) => {
      const name = secretsManagerName(environment, tenant.tenant_id, tenant.connector);
      const secret = await read(client, name);
      if (secret === null) return null;
      // A partial ARN may match by its beginning; a name must come back as it was asked.
      if (secret.Name !== name) throw notOurs('the name that was asked for');
      const variables = selectFromDocument(secret.SecretString, ref, manifest);
      return variables === null ? null : { variables, version: secret.VersionId ?? 'unknown', expires_at: null };
    },
  };
}

async function read(client: AwsSecretsManagerDeps['client'], name: string): Promise<GetSecretValueCommandOutput | null> {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: name }), { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) });
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return null;
    throw failureOf(error);
  }
}

const THROTTLING = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded']);
const IDENTITY = new Set(['CredentialsProviderError', 'TokenProviderError']);
const NOT_ACCEPTED = new Set([
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
/** KMS behind the secret says no as well, by these names. */
const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'DecryptionFailure']);

function failureOf(error: unknown): Error {
  const name = nameOf(error);
  const status = statusOf(error);
  if (THROTTLING.has(name) || status === 429) return throttled(NAME);
  if (IDENTITY.has(name)) return noIdentity(NAME);
  if (NOT_ACCEPTED.has(name)) return unauthenticated(NAME);
  if (DENIED.has(name)) return denied(NAME);
  // "You can't perform this operation on the secret because it was marked for deletion."
  if (name === 'InvalidRequestException') return disabled();
  if (status === null || status >= 500 || name === 'InternalServiceError') return unavailable(NAME);
  return refused(NAME);
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Null for a request that got no answer. */
function statusOf(error: unknown): number | null {
  const metadata = error instanceof Error && '$metadata' in error ? (error.$metadata as { httpStatusCode?: unknown }) : {};
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

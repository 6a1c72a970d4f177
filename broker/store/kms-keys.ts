/**
 * A symmetric key of AWS KMS, which never leaves it. The binding is the encryption context: KMS authenticates it, and CloudTrail has it beside
 * every use, so that each opening of a credential can be found there.
 */
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { KEEPER_TIMEOUT_MS } from '../limits.ts';
import { denied, disabled, missing, notWhatWasWrapped, throttled, unauthenticated, unavailable } from './key-failures.ts';
import type { KeyEncryptionKey } from './keys.ts';

export interface KmsKeyDeps {
  /** With `maxAttempts: 1`: the retries of a stage are in the workflow. */
  readonly client: Pick<KMSClient, 'send'>;
  /** An ARN and no alias: an alias is pointed elsewhere, and what was wrapped is not. */
  readonly arn: string;
}

/** The name that a key policy can ask for (`kms:EncryptionContextKeys`). */
const CONTEXT = 'sv0-binding';

export function createKmsKey({ client, arn }: KmsKeyDeps): KeyEncryptionKey {
  const context = (bound: Uint8Array) => ({ [CONTEXT]: Buffer.from(bound).toString('base64') });
  return {
    id: arn,
    wrap: async (dataKey, bound) => {
      const command = new EncryptCommand({ KeyId: arn, Plaintext: dataKey, EncryptionContext: context(bound) });
      const { CiphertextBlob } = await client
        .send(command, { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) })
        .catch((error: unknown) => refuse(arn, error));
      return expected(CiphertextBlob, arn);
    },
    unwrap: async (wrapped, bound) => {
      // With the key stated KMS opens nothing that another key wrapped.
      const command = new DecryptCommand({ KeyId: arn, CiphertextBlob: wrapped, EncryptionContext: context(bound) });
      const { Plaintext } = await client
        .send(command, { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) })
        .catch((error: unknown) => refuse(arn, error));
      return expected(Plaintext, arn);
    },
  };
}

function expected(bytes: Uint8Array | undefined, arn: string): Uint8Array {
  if (bytes === undefined) throw unavailable(arn);
  return bytes;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html and the errors common to all actions. */
const NOT_OURS = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const DISABLED = new Set(['DisabledException', 'KMSInvalidStateException', 'InvalidKeyUsageException']);
const THROTTLING = new Set(['ThrottlingException', 'Throttling', 'LimitExceededException', 'RequestLimitExceeded']);
const IDENTITY = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

function refuse(arn: string, error: unknown): never {
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  if (NOT_OURS.has(name)) throw notWhatWasWrapped();
  if (name === 'NotFoundException') throw missing(arn);
  if (THROTTLING.has(name) || status === 429) throw throttled(arn);
  if (IDENTITY.has(name)) throw unauthenticated(arn);
  if (DISABLED.has(name)) throw disabled(arn);
  throw status === null || status >= 500 ? unavailable(arn) : denied(arn);
}

/** Null for a request that got no answer. */
function statusOf(error: unknown): number | null {
  const metadata = error instanceof Error && '$metadata' in error ? (error.$metadata as { httpStatusCode?: unknown }) : {};
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

/**
 * An RSA key of Azure Key Vault or a managed HSM, whose private half never leaves it. RSA-OAEP authenticates no further data, so what is wrapped is the digest of the
 * binding and the data key, and the digest is compared after unwrapping. The public half is no secret: this keeps others from reading, not
 * from writing a record of their own (docs/credentials.md).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CryptographyClient } from '@azure/keyvault-keys';
import { KEEPER_TIMEOUT_MS } from '../limits.ts';
import { isDomainError } from '../../domain/errors.ts';
import { azureFailure } from '../azure-errors.ts';
import { denied, disabled, missing, notWhatWasWrapped, throttled, unauthenticated, unavailable } from './key-failures.ts';
import type { KeyEncryptionKey } from './keys.ts';

const ALGORITHM = 'RSA-OAEP-256';
const DIGEST_BYTES = 32;

export interface KeyVaultKeyDeps {
  /** Its own retries are off: those of a stage are in the workflow. */
  readonly client: Pick<CryptographyClient, 'wrapKey' | 'unwrapKey'>;
  /** The key's address with its version: without one, a new version would be asked to open what an old one wrapped. */
  readonly id: string;
}

export function createKeyVaultKey({ client, id }: KeyVaultKeyDeps): KeyEncryptionKey {
  return {
    id,
    wrap: async (dataKey, bound) => {
      const { result } = await client
        .wrapKey(ALGORITHM, Buffer.concat([digest(bound), dataKey]), { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) })
        .catch((error: unknown) => refuse(id, error, 'wrap'));
      return result;
    },
    unwrap: async (wrapped, bound) => {
      const { result } = await client
        .unwrapKey(ALGORITHM, wrapped, { abortSignal: AbortSignal.timeout(KEEPER_TIMEOUT_MS) })
        .catch((error: unknown) => refuse(id, error, 'unwrap'));
      const plain = Buffer.from(result);
      if (plain.length <= DIGEST_BYTES || !timingSafeEqual(plain.subarray(0, DIGEST_BYTES), digest(bound))) throw notWhatWasWrapped();
      return plain.subarray(DIGEST_BYTES);
    },
  };
}

const digest = (bound: Uint8Array): Buffer => createHash('sha256').update(bound).digest();

function refuse(id: string, error: unknown, what: 'wrap' | 'unwrap'): never {
  if (isDomainError(error)) throw error;
  const { identity, status, passing, innerCode } = azureFailure(error);
  if (passing !== null) throw passing === 'throttled' ? throttled(id) : unavailable(id);
  if (identity || status === 401) throw unauthenticated(id);
  if (status === 404) throw missing(id);
  if (status === 403) throw DISABLED.has(innerCode ?? '') ? disabled(id) : denied(id);
  // "BadParameter": the vault could not decrypt what it was given.
  if (status === 400 && what === 'unwrap') throw notWhatWasWrapped();
  throw disabled(id);
}

/** Inner codes of a 403. */
const DISABLED = new Set(['KeyDisabled', 'KeyExpired', 'KeyNotYetValid', 'KeyOperationForbidden']);

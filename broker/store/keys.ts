/**
 * The key-encryption keys of the store. Small on purpose: a key file is one implementation, KMS and Key Vault are others, and none of them
 * ever gives out the key itself.
 */
import { missing } from './key-failures.ts';

export interface KeyEncryptionKeys {
  /** Id of the key that new records are wrapped with. */
  readonly current: string;
  /** With the current key. `bound` is authenticated, not stored. */
  wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
  /** @throws PersistentError, TransientError `CREDENTIAL_KEY_…` when the key cannot be used; any other error: not what was wrapped */
  unwrap(kekId: string, wrapped: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
}

/** One key, wherever it lies. */
export interface KeyEncryptionKey {
  /** Written beside what it wrapped: names the key and its version for ever. */
  readonly id: string;
  wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
}

/** The first one is current; the others still open what they wrapped before a rotation. */
export function keyRing(current: KeyEncryptionKey, ...older: readonly KeyEncryptionKey[]): KeyEncryptionKeys {
  const keys = new Map([current, ...older].map((key) => [key.id, key]));
  return {
    current: current.id,
    wrap: (dataKey, bound) => current.wrap(dataKey, bound),
    unwrap: async (id, wrapped, bound) => {
      const key = keys.get(id);
      if (key === undefined) throw missing(id);
      return await key.unwrap(wrapped, bound);
    },
  };
}

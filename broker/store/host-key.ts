/** A key-encryption key that this host holds itself, for development and single hosts. */
import { sha256 } from '../../domain/canonical.ts';
import type { KeyEncryptionKey } from './keys.ts';
import { seal, unseal } from './seal.ts';

/** @param key 32 bytes */
export function hostKey(key: Uint8Array): KeyEncryptionKey {
  return {
    // Of 256 random bits a digest says nothing.
    id: `file-${sha256(key).slice(0, 16)}`,
    wrap: async (dataKey, bound) => seal(key, dataKey, bound),
    unwrap: async (wrapped, bound) => unseal(key, wrapped, bound),
  };
}

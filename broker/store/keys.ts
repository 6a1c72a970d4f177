/**
 * The key-encryption keys of the store. Small on purpose: a key file is one implementation, Key Vault's `wrapKey` or KMS's `Encrypt` (with the
 * binding as encryption context) are others, and none of them ever gives out the key itself.
 */
export interface KeyEncryptionKeys {
  /** Id of the key that new records are wrapped with. */
  readonly current: string;
  /** With the current key. `bound` is authenticated, not stored. */
  wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
  /** @throws PersistentError `CREDENTIAL_KEY_MISSING` for a key that is not here; any other error: not what was wrapped */
  unwrap(kekId: string, wrapped: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
}

/**
 * How a stored credential is sealed: AES-256-GCM under a random data key of its own, and that key wrapped by a key-encryption key.
 * Both layers are bound to what the record is for, so that a row or a field moved elsewhere does not open (security.md, "stored credentials").
 * The key-encryption key's id is bound on the wrap layer only: bound to the data as well, re-wrapping would break it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** Stated at every use: Node accepts tags of 4 bytes otherwise, and those can be guessed. */
const TAG_BYTES = 16;

/** What a record is for. `version` never repeats for one connection. */
export interface SealBinding {
  readonly tenant: string;
  readonly connection: string;
  readonly kind: string;
  readonly version: number;
}

const DATA_DOMAIN = 'sv0-stored-credential/data/1';
const WRAP_DOMAIN = 'sv0-stored-credential/wrap/1';

export const dataBinding = (binding: SealBinding): Buffer => lengthPrefixed([DATA_DOMAIN, ...parts(binding)]);
export const wrapBinding = (binding: SealBinding, kekId: string): Buffer => lengthPrefixed([WRAP_DOMAIN, ...parts(binding), kekId]);

const parts = ({ tenant, connection, kind, version }: SealBinding): readonly string[] => [tenant, connection, kind, String(version)];

/** Each part with its length in front, so that no two lists give the same bytes. */
function lengthPrefixed(list: readonly string[]): Buffer {
  return Buffer.concat(
    list.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Nonce, ciphertext, tag. */
export function seal(key: Uint8Array, plain: Uint8Array, bound: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws for anything but what `seal` made with the same key and binding; the caller gives the reason its words. */
export function unseal(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short to be sealed');
  const tagAt = sealed.length - TAG_BYTES;
  return open(key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES, tagAt), sealed.subarray(tagAt), bound);
}

/** For a record that keeps its parts apart. @throws for a tag of another length than 16 bytes */
export function open(key: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, bound: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

export const newDataKey = (): Buffer => randomBytes(KEY_BYTES);

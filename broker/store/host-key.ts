/** A key-encryption key from a file, for development and single hosts: 64 hexadecimal digits in a file that only its owner can read. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { sha256 } from '../../domain/canonical.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { KeyEncryptionKey } from './keys.ts';
import { seal, unseal } from './seal.ts';

/** @throws InvalidInputError `INVALID_CONFIGURATION`: no file, one that others can read or own, or one that is no key */
export async function openKeyFile(file: string, setting: string): Promise<KeyEncryptionKey> {
  const key = await readKey(file, setting);
  return {
    id: keyId(key),
    wrap: async (dataKey, bound) => seal(key, dataKey, bound),
    unwrap: async (wrapped, bound) => unseal(key, wrapped, bound),
  };
}

/** Of 256 random bits a digest says nothing. */
const keyId = (key: Uint8Array): string => `file-${sha256(key).slice(0, 16)}`;

async function readKey(path: string, setting: string): Promise<Uint8Array> {
  // One descriptor for the checks and the read: what was checked is what is read.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) throw wrong(setting, 'a file that exists, can be read and is no link');
  try {
    const found = await file.stat();
    if (!found.isFile()) throw wrong(setting, 'a regular file');
    if ((found.mode & 0o077) !== 0) throw wrong(setting, 'a file that only its owner can read (chmod 600)');
    if (process.getuid !== undefined && found.uid !== process.getuid()) throw wrong(setting, "a file of the worker's own user");
    const text = (await file.readFile('latin1')).trim();
    if (!/^[0-9a-f]{64}$/i.test(text)) throw wrong(setting, '64 hexadecimal digits');
    return Buffer.from(text, 'hex');
  } finally {
    await file.close();
  }
}

const wrong = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError(`${field} is not usable: expected ${expected}`, { code: 'INVALID_CONFIGURATION', field, expected });

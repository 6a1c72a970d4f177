/** Keys of a development host: made once, kept in files that only their owner can read. Production names its own (docs/deploy.md). */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { InvalidInputError } from '../../domain/errors.ts';

export async function artifactKey(file: string, configured: boolean): Promise<Uint8Array> {
  if (!configured) await ensureKeyFile(file);
  return await keyOfFile(file, 'SV0_ARTIFACT_KEY_FILE');
}

/** A key of 32 random bytes, unless there is one. */
export async function ensureKeyFile(file: string): Promise<void> {
  if (!existsSync(file)) await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' }).catch(unlessThere);
}

/** PEM of an Ed25519 private key. */
export async function evidenceKey(file: string, configured: boolean): Promise<string> {
  if (!existsSync(file) && !configured) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' }).catch(unlessThere);
  }
  return await ownFile(file, 'SV0_EVIDENCE_KEY_FILE');
}

/** 32 bytes. @throws InvalidInputError as `ownFile`, and for a file that holds no key */
export async function keyOfFile(file: string, setting: string): Promise<Uint8Array> {
  const text = (await ownFile(file, setting)).trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw unusable(setting, '64 hexadecimal digits');
  return Buffer.from(text, 'hex');
}

/**
 * Text of a file that only its owner can read, and the owner is this process's user or root. A link is followed, for mounted secrets are links; whoever could turn it could
 * replace the file as well. @throws InvalidInputError `INVALID_CONFIGURATION` naming the setting
 */
export async function ownFile(file: string, setting: string): Promise<string> {
  // One descriptor for the checks and the read: what was checked is what is read. A pipe does not hold up the start.
  const opened = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (opened === null) throw unusable(setting, 'a file that exists and can be read');
  try {
    const found = await opened.stat();
    if (!found.isFile()) throw unusable(setting, 'a regular file');
    if ((found.mode & 0o077) !== 0) throw unusable(setting, 'a file that only its owner can read (chmod 600)');
    if (found.uid !== 0 && found.uid !== process.getuid?.()) throw unusable(setting, "a file of this process's own user, or of root");
    return await opened.readFile('utf8');
  } finally {
    await opened.close();
  }
}

/** Two processes of one host may come here together: the first one wins. */
function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

export const unusable = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError(`${field} is not usable: expected ${expected}`, { code: 'INVALID_CONFIGURATION', field, expected });

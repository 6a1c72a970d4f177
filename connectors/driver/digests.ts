/** What a connector from outside the repository is pinned by (CONN-06; security.md, "installing"). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestMismatch } from './failures.ts';

const MAX_FILES = 20_000;

/**
 * A file, also one that is reached through a link: SHA-256 of its bytes. A directory: SHA-256 of one line `<digest>  ./<path>` per file in the order of the paths, which is what
 * `find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum` prints there. Links inside a directory are refused: they
 * lead to what is not pinned.
 */
export async function digestOfPath(path: string): Promise<string> {
  const found = await stat(path);
  if (found.isFile()) return await digestOfFile(path);
  if (!found.isDirectory()) throw new Error('only a file or a directory has a digest');
  const lines: string[] = [];
  for (const file of await filesOf(path)) lines.push(`${await digestOfFile(file)}  ./${relative(path, file)}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Throws `CONNECTOR_DIGEST_MISMATCH`, also for what cannot be read. */
export async function verifyPins(pins: Readonly<Record<string, string>>): Promise<void> {
  for (const path of Object.keys(pins).sort()) {
    const digest = await digestOfPath(path).catch(() => null);
    if (digest !== pins[path]) throw digestMismatch(path);
  }
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function filesOf(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  if (entries.length > MAX_FILES) throw new Error('too many files for a digest');
  if (entries.some((entry) => !entry.isFile() && !entry.isDirectory())) throw new Error('a link or device has no digest');
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

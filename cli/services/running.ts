/** Where the stack of `npm start` is, for other commands on the same machine: written when it is ready, removed when it stops. */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConflictError } from '../../domain/errors.ts';

const running = z.strictObject({
  pid: z.int(),
  mongodb_uri: z.string(),
  temporal_address: z.string(),
  temporal_ui_url: z.string(),
  api_url: z.string(),
  /** Of the local issuer, for commands on this machine; it dies with the process. */
  api_token: z.string(),
});

export type Running = z.infer<typeof running>;

const fileOf = (stateDir: string): string => join(stateDir, 'running.json');

export async function noteRunning(stateDir: string, facts: Running): Promise<() => Promise<void>> {
  await writeFile(fileOf(stateDir), JSON.stringify(facts), { mode: 0o600 });
  return () => rm(fileOf(stateDir), { force: true });
}

/** Null when nothing runs from this folder. */
export function readRunning(stateDir: string): Running | null {
  try {
    const facts = running.parse(JSON.parse(readFileSync(fileOf(stateDir), 'utf8')));
    process.kill(facts.pid, 0);
    return facts;
  } catch {
    return null;
  }
}

const PATIENCE_MS = 2_000;

/** Two in one folder would share its data, and `--fresh` of one would delete it under the other. @throws ConflictError `ALREADY_RUNNING` */
export async function refuseBesideAnother(stateDir: string): Promise<void> {
  const running = readRunning(stateDir);
  if (running === null) return;
  // A process id is given away again: only what still listens is the one that wrote the file.
  const gone = await fetch(new URL('/livez', running.api_url), { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    () => false,
    (error: unknown) => error instanceof TypeError,
  );
  if (gone) return;
  throw new ConflictError('`npm start` already runs from this folder; nothing was changed', {
    code: 'ALREADY_RUNNING',
    actor: 'operator',
    expected: 'Ctrl-C in its terminal first, or a folder of its own in SV0_STATE_DIR',
    subject: `process ${running.pid}, ${running.api_url}`,
  });
}

/** Where the stack of `npm start` is, for other commands on the same machine: written when it is ready, removed when it stops. */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

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

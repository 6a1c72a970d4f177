/** `sv0 doctor --refresh`: the one morning routine. It makes and renews what is ours, signs in where a person is at the terminal, and does nothing twice. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { connectMongo } from '../../storage/mongo/client.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';
import { openCredentialKeys } from '../compose/credential-keys.ts';
import { artifactKey, evidenceKey } from '../compose/keys.ts';
import { connectToTemporal } from '../compose/temporal-connection.ts';
import { prepareNamespace } from '../compose/namespace.ts';
import type { AppConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import { onPath } from '../services/on-path.ts';
import { ensurePythonTools } from '../services/python-tools.ts';
import type { Say } from '../services/say.ts';
import { ownKeys } from './credentials.ts';
import { LOGINS, type Tools } from './logins.ts';
import type { DoctorReport } from './types.ts';

export interface RefreshParts {
  readonly config: AppConfig;
  readonly mongodbUri: string | null;
  readonly temporalAddress: string | null;
  readonly tools: Tools;
  /** Null: nobody is there to answer a sign-in. */
  readonly terminal: boolean;
  readonly say: Say;
}

/** @param before what `doctor` found @returns what was done, in order */
export async function refresh(before: DoctorReport, parts: RefreshParts): Promise<readonly string[]> {
  const done: string[] = [];
  done.push(...(await makeKeys(parts.config)));
  done.push(...(await bringServers(parts)));
  const wrong = new Set(before.checks.filter(({ status }) => status !== 'ok').map(({ id }) => id));
  if (wrong.has('temporal.search_attributes') || wrong.has('temporal.retention')) done.push(...(await prepareTemporal(parts)));
  if (parts.mongodbUri !== null) await withMongo(parts);
  done.push(...(await signIn(before, parts)));
  return done;
}

async function makeKeys(config: AppConfig): Promise<readonly string[]> {
  const missing = ownKeys(config).filter(({ file, configured }) => !configured && !existsSync(file));
  if (missing.length === 0) return [];
  const folder = join(config.stateDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { setting, file } of missing) {
    if (setting === 'SV0_ARTIFACT_KEY_FILE') await artifactKey(file, false);
    else if (setting === 'SV0_EVIDENCE_KEY_FILE') await evidenceKey(file, false);
    else await openCredentialKeys({ credentialKeys: undefined, keyVault: undefined, stateDir: config.stateDir });
  }
  return missing.map(({ name, file }) => `made the ${name}: ${file}`);
}

/** Only what neither is configured, nor runs, nor is on PATH. */
async function bringServers({ config, mongodbUri, temporalAddress, say }: RefreshParts): Promise<readonly string[]> {
  const database = mongodbUri === null && (await onPath('mongod')) === null && (await onPath('secantusd-rs')) === null;
  const temporal = temporalAddress === null && (await onPath('temporal')) === null;
  if (!database && !temporal) return [];
  const folder = join(config.stateDir, 'services', 'python');
  const before = existsSync(join(folder, 'installed'));
  await ensurePythonTools(folder, join(PROJECT, 'cli', 'services', 'requirements.txt'), say);
  return before ? [] : [`installed the development servers into ${folder}`];
}

async function prepareTemporal({ config, temporalAddress }: RefreshParts): Promise<readonly string[]> {
  if (temporalAddress === null) return [];
  const connection = await connectToTemporal({ ...config, temporalAddress });
  try {
    const namespace = config.temporalNamespace;
    await prepareNamespace(new Client({ connection, namespace }), namespace);
    return [`namespace ${namespace}: search attributes and retention`];
  } finally {
    await connection.close();
  }
}

/** Idempotent, and not worth a word: every worker does the same when it starts. */
async function withMongo({ config, mongodbUri }: RefreshParts): Promise<void> {
  const connection = await connectMongo(mongodbUri ?? '', { database: config.database });
  try {
    await ensureIndexes(connection.db);
  } finally {
    await connection.close();
  }
}

async function signIn({ credentials }: DoctorReport, { tools, terminal, say }: RefreshParts): Promise<readonly string[]> {
  const done: string[] = [];
  for (const { title, refresh: command } of LOGINS) {
    const state = credentials.find(({ name }) => name === title);
    if (state === undefined || state.status === 'ok') continue;
    if (!terminal) say(`${title}: run ${command.join(' ')}`);
    else if (await tools.interactive(command)) done.push(`signed in: ${title}`);
  }
  return done;
}

/** A worker as an own process, so that it can be killed as a crash kills it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../cli/folders.ts';
import type { TestPipeline } from './pipeline.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** Everything that it wrote to its log so far. */
  said(): string;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
  /** SIGTERM: activities are given back. */
  stop(): Promise<void>;
}

export interface WorkerProcessOptions {
  readonly mongodbUri?: string;
  /** The command line of another build. */
  readonly main?: string;
  /** Over what the pipeline's own environment says. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Rejects with what it said when it ends before it is ready. */
export async function startWorkerProcess(pipeline: TestPipeline, options: WorkerProcessOptions = {}): Promise<WorkerProcess> {
  const artifactKeyFile = join(pipeline.stateDir, 'artifact.key');
  const evidenceKeyFile = join(pipeline.stateDir, 'evidence.pem');
  await writeFile(artifactKeyFile, Buffer.from(pipeline.settings.artifactKey).toString('hex'), { mode: 0o600 });
  await writeFile(evidenceKeyFile, pipeline.settings.evidenceKeyPem, { mode: 0o600 });
  const child = spawn(process.execPath, [options.main ?? join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'worker'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...pipeline.environment,
      MONGODB_URI: options.mongodbUri ?? pipeline.settings.uri,
      SV0_MONGODB_DATABASE: pipeline.settings.database,
      TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: pipeline.namespace,
      SV0_TASK_QUEUE_PIPELINE: pipeline.queues.pipeline,
      SV0_TASK_QUEUE_CONNECTORS: pipeline.queues.connectors,
      SV0_STATE_DIR: pipeline.stateDir,
      SV0_ARTIFACT_KEY_FILE: artifactKeyFile,
      SV0_EVIDENCE_KEY_FILE: evidenceKeyFile,
      SV0_LOG_LEVEL: 'error',
      ...options.environment,
    },
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await ready(child, () => said);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, said: () => said, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function ready(child: ChildProcess, said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (said().includes('ready\n')) resolve();
    });
    // `close`: after everything that it wrote was read.
    child.once('close', (code) => reject(new Error(`the worker ended with ${code} before it was ready: ${said()}`)));
  });
}

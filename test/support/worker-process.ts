/** A worker as an own process, so that it can be killed as a crash kills it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../cli/folders.ts';
import type { TestPipeline } from './pipeline.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
  /** SIGTERM: activities are given back. */
  stop(): Promise<void>;
}

export async function startWorkerProcess(pipeline: TestPipeline, options: { readonly mongodbUri?: string } = {}): Promise<WorkerProcess> {
  const artifactKeyFile = join(pipeline.stateDir, 'artifact.key');
  const evidenceKeyFile = join(pipeline.stateDir, 'evidence.pem');
  await writeFile(artifactKeyFile, Buffer.from(pipeline.settings.artifactKey).toString('hex'), { mode: 0o600 });
  await writeFile(evidenceKeyFile, pipeline.settings.evidenceKeyPem, { mode: 0o600 });
  const child = spawn(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'worker'], {
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
    },
  });
  await ready(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function ready(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready\n')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code} before it was ready: ${said}`)));
  });
}

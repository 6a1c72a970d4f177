/** The entry of a computing thread: its own composition root, with its own database connection (FLOW-10). */
import { workerData } from 'node:worker_threads';
import { DERIVATION_STAGES } from '../../activities/derivation/index.ts';
import { ed25519Signer } from '../../domain/evidence/dsse.ts';
import { evidenceKeyId } from './evidence-key-id.ts';
import { openStorage, type Storage } from './storage.ts';
import {
  type ThreadCall,
  type ThreadProgress,
  type ThreadResult,
  type ThreadSettings,
  type ThreadTask,
  toPlain,
} from './thread-protocol.ts';

const settings = workerData as ThreadSettings;
const signer = ed25519Signer(evidenceKeyId(settings.evidenceKeyPem), settings.evidenceKeyPem);
let opened: Promise<Storage> | undefined;

/** Opened at the first task; a failed attempt is not remembered, the next task tries again. */
function storage(): Promise<Storage> {
  opened ??= openStorage(settings).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function run(task: ThreadTask, report: (progress: ThreadProgress) => void) {
  const store = await storage();
  // Cancelling terminates the thread: there is nothing to hand the signal to from outside.
  const { signal } = new AbortController();
  if (task.task === 'derive') {
    return await DERIVATION_STAGES[task.stage]({ ...store, signer }, task.request, {
      signal,
      onProgress: (phase) => report({ phase, done: 0 }),
    });
  }
  const { artifact_owner, artifact_id, ...request } = task.request;
  const graph = await store.artifacts.open(task.tenant, artifact_owner, artifact_id);
  return await store.graphSync.sync(task.tenant, { ...request, graph, signal, onProgress: ({ phase, done }) => report({ phase, done }) });
}

/** What the pool calls. Never rejects: a domain error would lose its class on the way. */
export async function call({ task, progress }: ThreadCall): Promise<ThreadResult> {
  try {
    return { ok: true, value: await run(task, (report) => progress.postMessage(report)) };
  } catch (error) {
    return { ok: false, error: toPlain(error) };
  } finally {
    progress.close();
  }
}

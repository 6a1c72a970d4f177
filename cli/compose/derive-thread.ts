/** The entry of a computing thread: its own composition root, with its own database connection (FLOW-10). */
import { workerData } from 'node:worker_threads';
import { DERIVATION_STAGES } from '../../activities/derivation/index.ts';
import { ed25519Signer } from '../../domain/evidence/dsse.ts';
import { DERIVE_CELLS } from '../../domain/runs/types.ts';
import { evidenceKeyId } from './evidence-key-id.ts';
import { createGraphOfPass } from './graph-of-pass.ts';
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
const graphOfPass = createGraphOfPass();
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
    const { tenant_id, pass } = task.request;
    const graph = graphOfPass.of(store.graph, tenant_id, pass);
    try {
      return await DERIVATION_STAGES[task.stage]({ ...store, graph, signer }, task.request, {
        signal,
        onProgress: (phase) => report({ phase, done: 0 }),
      });
    } finally {
      if (task.stage === DERIVE_CELLS.at(-1)) graphOfPass.forget();
    }
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

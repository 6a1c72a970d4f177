/** Heavy stages in worker threads, so that heartbeats are never late (FLOW-10). */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { DerivationEngine, DerivationReport } from '../../activities/derive.ts';
import type { ArtifactSync } from '../../activities/sync.ts';
import type { SyncOutcome } from '../../storage/ports/index.ts';
import { fromPlain, type ThreadProgress, type ThreadResult, type ThreadSettings, type ThreadTask } from './thread-protocol.ts';

export interface ThreadPool {
  readonly engine: DerivationEngine;
  readonly sync: ArtifactSync;
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  /** The built `derive-thread.mjs`. */
  readonly entry: string;
  readonly settings: ThreadSettings;
  readonly threads: number;
}

export function createThreadPool({ entry, settings, threads }: ThreadPoolOptions): ThreadPool {
  const pool = new Piscina({
    filename: entry,
    name: 'call',
    workerData: settings,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    // The process's environment may hold credentials of every tenant (`env` provider): a thread needs none of it.
    env: {},
  });

  async function call<T>(task: ThreadTask, signal: AbortSignal, onProgress: (progress: ThreadProgress) => void): Promise<T> {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', onProgress);
    try {
      const result = (await pool.run({ task, progress: port2 }, { signal, transferList: [port2] })) as ThreadResult;
      if (!result.ok) throw fromPlain(result.error);
      return result.value as T;
    } finally {
      port1.close();
    }
  }

  return {
    engine: {
      run: (stage, request, { signal, onProgress }) =>
        call<DerivationReport>({ task: 'derive', stage, request }, signal, ({ phase }) => onProgress(phase)),
    },
    sync: {
      sync: (tenant, request, { signal, onProgress }) =>
        call<SyncOutcome>({ task: 'sync', tenant, request }, signal, ({ phase, done }) => onProgress(phase, done)),
    },
    close: () => pool.close({ force: true }),
  };
}

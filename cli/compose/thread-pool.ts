/** Heavy stages in worker threads, so that heartbeats are never late (FLOW-10). */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { DerivationEngine, DerivationReport } from '../../activities/derive.ts';
import type { ArtifactSync } from '../../activities/sync.ts';
import type { SyncOutcome } from '../../storage/ports/index.ts';
import { TransientError } from '../../domain/errors.ts';
import { COMPUTING_BUSY } from '../../domain/runs/failure.ts';
import { fromPlain, type ThreadProgress, type ThreadResult, type ThreadSettings, type ThreadTask } from './thread-protocol.ts';

export interface ThreadPool {
  readonly engine: DerivationEngine;
  readonly sync: ArtifactSync;
  /** So much waits for a thread that whatever comes would wait for longer than one task of each. */
  isBusy(): boolean;
  close(): Promise<void>;
}

/** The same pool for work that need not wait here: while others already wait, as many as there are threads, it is refused (`COMPUTING_BUSY`). */
export function refusingWhenBusy({ engine, sync, isBusy }: Omit<ThreadPool, 'close'>): Pick<ThreadPool, 'engine' | 'sync'> {
  const unlessBusy = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isBusy()) throw new TransientError(COMPUTING_BUSY.message, COMPUTING_BUSY);
    return await work();
  };
  return {
    engine: { run: (...args) => unlessBusy(() => engine.run(...args)) },
    sync: { sync: (...args) => unlessBusy(() => sync.sync(...args)) },
  };
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
    isBusy: () => pool.queueSize >= threads,
    close: () => pool.close({ force: true }),
  };
}

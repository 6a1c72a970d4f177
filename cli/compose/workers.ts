/** One process, a Worker for each queue that it serves (architecture decision 6). In production hosts that can read secrets serve only `connectors`. */
import { Context } from '@temporalio/activity';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { CollectActivities } from '../../activities/collect.ts';
import type { DeriveActivities } from '../../activities/derive.ts';
import { toTemporalFailure } from '../../activities/failures.ts';
import type { GateActivities } from '../../activities/gate.ts';
import type { LedgerActivities } from '../../activities/ledger.ts';
import type { PassActivities } from '../../activities/pass.ts';
import type { PreflightActivities } from '../../activities/preflight.ts';
import type { ReapActivities } from '../../activities/reap.ts';
import type { SyncActivities } from '../../activities/sync.ts';
import type { TestConnectionActivities } from '../../activities/test-connection.ts';
import { isDomainError } from '../../domain/errors.ts';
import { BUILDER_VERSION } from '../../domain/gate/stages.ts';
import { computingQueue, type TaskQueues } from '../../workflows/messages.ts';
import type { Logger } from './logger.ts';

export type ComputingActivities = SyncActivities & DeriveActivities;
export type PipelineActivities = LedgerActivities & PassActivities & ComputingActivities & ReapActivities & GateActivities;
export type ConnectorActivities = PreflightActivities & CollectActivities & TestConnectionActivities;

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: TaskQueues;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly pipeline: PipelineActivities | null;
  /** With the pipeline's, on the queue where stages wait for a thread. */
  readonly computing: { readonly activities: ComputingActivities; readonly threads: number } | null;
  readonly connectors: ConnectorActivities | null;
  readonly maxConnectors: number;
  readonly logger: Logger;
}

export interface RunningWorkers {
  /** Rejects when a Worker fails; resolves after `stop`. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

const DEPLOYMENT = 'sv0';

/** One that computes and one that is ready. What is taken has its time counted, and no other worker can take it: so no more than that. */
const TASKS_PER_THREAD = 2;

/** A stage that is stopped has this long to give its work back; a connector child is stopped within it. */
const SHUTDOWN_GRACE = '8s';

export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  const common: WorkerOptions = {
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: '',
    shutdownGraceTime: SHUTDOWN_GRACE,
    // A cancelled run stops its child within seconds, and a crashed worker's workflows move on (docs/decisions/0003).
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    stickyQueueScheduleToStartTimeout: '1s',
    interceptors: { activity: [() => ({ inbound: { execute: (input, next) => mapped(next(input), options.logger) } })] },
  };
  const workers: Worker[] = [];
  if (options.pipeline !== null) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: options.queues.pipeline,
        // Told to the server, not used for routing: the gate asks which versions serve this queue (GATE-06).
        workerDeploymentOptions: { version: { deploymentName: DEPLOYMENT, buildId: BUILDER_VERSION }, useWorkerVersioning: false },
        workflowBundle: options.workflowBundle,
        activities: { ...options.pipeline },
      }),
    );
  }
  if (options.computing !== null) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: computingQueue(options.queues.pipeline),
        activities: { ...options.computing.activities },
        maxConcurrentActivityTaskExecutions: options.computing.threads * TASKS_PER_THREAD,
      }),
    );
  }
  if (options.connectors !== null) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: options.queues.connectors,
        activities: { ...options.connectors },
        maxConcurrentActivityTaskExecutions: options.maxConnectors,
      }),
    );
  }
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  // Whoever awaits `done` sees a failure; before that it must not end the process.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await done;
    },
  };
}

async function mapped(work: Promise<unknown>, logger: Logger): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (!isDomainError(error) && error instanceof Error && error.name !== 'CancelledFailure' && error.name !== 'AbortError') {
      const { activityType, workflowExecution } = Context.current().info;
      logger.error({ activityType, workflowId: workflowExecution?.workflowId, err: error }, 'unexpected error in an activity');
    }
    throw toTemporalFailure(error);
  }
}

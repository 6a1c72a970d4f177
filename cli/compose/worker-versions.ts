/** Which builder versions serve the pipeline's queue now, by what the workers tell the server of themselves (GATE-06). */
import { type Client, isGrpcServiceError } from '@temporalio/client';
// CommonJS without named exports that Node could see.
import proto from '@temporalio/proto';
import type { WorkerVersions } from '../../activities/gate-checks.ts';
import { WORKER_HEARTBEAT_MS } from './logger.ts';

const { TaskQueueType, WorkerStatus } = proto.temporal.api.enums.v1;

/** A worker that runs polls again after at most a minute; the server remembers pollers for five. */
const POLLED_WITHIN_MS = 90_000;
const HEARD_WITHIN_MS = 3 * WORKER_HEARTBEAT_MS;
const GRPC_UNIMPLEMENTED = 12;
/** A poller that does not say what it is: of before versions were told, or a stranger on our queue. */
const UNKNOWN_VERSION = 'an unknown version';

export function createWorkerVersions(client: Client, pipelineQueue: string): WorkerVersions {
  const { workflowService } = client;
  const { namespace } = client.options;

  /** By version: until when (ms since the epoch) its latest worker is taken to live. One that drains may still finish a stage, so it counts. */
  async function heartbeats(): Promise<ReadonlyMap<string, number>> {
    const until = new Map<string, number>();
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const page = await workflowService
        .listWorkers({ namespace, pageSize: 1_000, nextPageToken, query: `TaskQueue = '${pipelineQueue}'` })
        .catch((error: unknown) => {
          if (isGrpcServiceError(error) && error.code === GRPC_UNIMPLEMENTED) return null;
          throw error;
        });
      for (const { workerHeartbeat } of page?.workersInfo ?? []) {
        if (workerHeartbeat?.taskQueue !== pipelineQueue) continue;
        const version = workerHeartbeat.deploymentVersion?.buildId ?? UNKNOWN_VERSION;
        const lives =
          workerHeartbeat.status === WorkerStatus.WORKER_STATUS_SHUTDOWN
            ? Number.NEGATIVE_INFINITY
            : instant(workerHeartbeat.heartbeatTime) + HEARD_WITHIN_MS;
        until.set(version, Math.max(lives, until.get(version) ?? Number.NEGATIVE_INFINITY));
      }
      nextPageToken = page?.nextPageToken ?? new Uint8Array();
    } while (nextPageToken.length > 0);
    return until;
  }

  async function polled(taskQueueType: number, since: number): Promise<readonly string[]> {
    const { pollers } = await workflowService.describeTaskQueue({ namespace, taskQueue: { name: pipelineQueue }, taskQueueType });
    return (pollers ?? [])
      .filter(({ lastAccessTime }) => instant(lastAccessTime) >= since)
      .map(({ deploymentOptions }) => deploymentOptions?.buildId || UNKNOWN_VERSION);
  }

  return {
    async list() {
      const now = Date.now();
      const since = now - POLLED_WITHIN_MS;
      const [heard, workflows, activities] = await Promise.all([
        heartbeats(),
        polled(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, since),
        polled(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, since),
      ]);
      const living = [...heard].filter(([, until]) => until >= now).map(([version]) => version);
      // Heartbeats are the fresher word: a poller is only believed where its version never sent one.
      const silent = [...workflows, ...activities].filter((version) => !heard.has(version));
      return [...new Set([...living, ...silent])].sort();
    },
  };
}

const instant = (time: { readonly seconds?: unknown } | null | undefined): number => Number(time?.seconds ?? 0) * 1_000;

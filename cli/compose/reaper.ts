/** The reaper's schedule, and what its sweep asks of Temporal (RUN-14). */
import { type Client, ScheduleAlreadyRunning, type ScheduleOptions, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowSweeper } from '../../activities/reap.ts';
import { runId } from '../../domain/ids.ts';
import { reaperScheduleId, WORKFLOWS } from '../../workflows/messages.ts';
import { createWorkflowDirectory } from './temporal.ts';

const EVERY = '5m';
/** A run's first workflow task and `openRun`: nothing else is in a history this short. */
const OPENING_EVENTS = 4;

/** Idempotent: every worker of the pipeline queue calls it when it starts. */
export async function ensureReaper(client: Client, pipelineQueue: string): Promise<void> {
  const options = reaperSchedule(pipelineQueue);
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { scheduleId, ...wanted } = options;
    // An operator's pause stays.
    await client.schedule.getHandle(scheduleId).update((present) => ({ ...wanted, state: present.state }));
  }
}

function reaperSchedule(pipelineQueue: string) {
  const id = reaperScheduleId(pipelineQueue);
  return {
    scheduleId: id,
    spec: { intervals: [{ every: EVERY }] },
    policies: { overlap: 'SKIP', catchupWindow: '1m' },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.reap,
      workflowId: id,
      taskQueue: pipelineQueue,
      args: [],
      workflowRunTimeout: '10m',
      staticSummary: 'sweeps runs without a workflow and workflows without a run',
    },
  } satisfies ScheduleOptions;
}

/** One namespace may serve several deployments: only workflows of this one's queue are looked at. */
export function createWorkflowSweeper(client: Client, pipelineQueue: string): WorkflowSweeper {
  const query = `WorkflowType IN ('${WORKFLOWS.scan}', '${WORKFLOWS.ingest}') AND ExecutionStatus = 'Running' AND TaskQueue = '${pipelineQueue}'`;
  return {
    ...createWorkflowDirectory(client),

    async *listOpen() {
      // Neither workflow continues as new: the run's id is the first execution's.
      for await (const open of client.workflow.list({ query })) {
        yield { workflow_id: open.workflowId, run_id: runId(open.runId), started_at: open.startTime };
      }
    },

    async isOpening(workflowId, firstExecutionRunId) {
      try {
        const { raw, historyLength } = await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId }).describe();
        return (
          historyLength <= OPENING_EVENTS || (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === 'openRun')
        );
      } catch (error) {
        // Visibility is late: it is gone already, and there is nothing to end.
        if (error instanceof WorkflowNotFoundError) return true;
        throw error;
      }
    },

    async terminate(workflowId, firstExecutionRunId, reason) {
      try {
        await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId }).terminate(reason);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

/** Everything that talks to Temporal as a client: the coordinator, the directory of workflows, starting and stopping runs. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Coordinator, WorkflowDirectory } from '../../activities/ledger.ts';
import { type DeriveInput, deriveWorkflowId, SIGNALS, WORKFLOWS } from '../../workflows/messages.ts';

export function createWorkflowDirectory(client: Client): WorkflowDirectory {
  return {
    isClosed: async (workflowId, firstExecutionRunId) => {
      try {
        const description = await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId }).describe();
        return description.status.name !== 'RUNNING' && description.status.name !== 'CONTINUED_AS_NEW';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return true;
        throw error;
      }
    },
  };
}

export function createCoordinator(client: Client, taskQueue: string): Coordinator {
  return {
    join: async (tenant_id) => {
      const input: DeriveInput = { tenant_id, pending: true };
      await client.workflow.signalWithStart(WORKFLOWS.derive, {
        workflowId: deriveWorkflowId(tenant_id),
        taskQueue,
        args: [input],
        signal: SIGNALS.join,
        signalArgs: [],
        staticSummary: `derivation passes of ${tenant_id}`,
        priority: { fairnessKey: tenant_id },
      });
    },

    isAtWork: async (tenant_id) => {
      try {
        const { status, raw } = await client.workflow.getHandle(deriveWorkflowId(tenant_id)).describe();
        // A lost worker ends a stage's only try. What is tried again and again is a write that fails: no work.
        return status.name === 'RUNNING' && (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 1) <= 1);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

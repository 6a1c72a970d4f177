/** Starting a connection test and waiting for what it says: behind `sv0 connectors test` and the page's button. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ConnectionTests } from '../../api/ports.ts';
import { NotFoundError, TransientError } from '../../domain/errors.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';
import { connectionTestWorkflowId, type ConnectionTestInput, type TaskQueues, WORKFLOWS } from '../../workflows/messages.ts';
import type { connectionTest } from '../../workflows/connection-test.ts';
import type { Storage } from './storage.ts';

export interface ConnectionTestDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly storage: Pick<Storage, 'lookups' | 'instances' | 'audit'>;
  readonly now: () => Date;
}

export function createConnectionTests({ client, queues, storage, now }: ConnectionTestDeps): ConnectionTests {
  /** The instance's row decides. */
  async function tenantOf(instance_id: InstanceId, hint: TenantId | null): Promise<TenantId> {
    const tenant = await storage.lookups.tenantOfInstance(instance_id);
    if (tenant === null || (hint !== null && hint !== tenant)) throw new NotFoundError('instance', instance_id);
    return tenant;
  }

  return {
    test: async ({ instance_id, tenant_hint, user_id }) => {
      const tenant_id = await tenantOf(instance_id, tenant_hint);
      const { status } = await storage.instances.get(tenant_id, instance_id);
      if (status !== 'active') throw new NotFoundError('instance', instance_id);
      await storage.audit.append(tenant_id, {
        at: now(),
        action: 'connection_tested',
        outcome: 'attempted',
        actor: user_id,
        subject: { instance: instance_id },
      });
      const input: ConnectionTestInput = { tenant_id, instance_id, queues };
      try {
        return await client.workflow.execute<typeof connectionTest>(WORKFLOWS.connectionTest, {
          workflowId: connectionTestWorkflowId(instance_id),
          taskQueue: queues.pipeline,
          args: [input],
          // A second click joins the test that is going on.
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowRunTimeout: '3m',
          staticSummary: `connection test of ${instance_id}`,
        });
      } catch {
        throw new TransientError('the connection test did not end; is a worker of the connectors queue running?', {
          code: 'CONNECTION_TEST_FAILED',
          actor: 'operator',
          subject: instance_id,
        });
      }
    },

    latest: async (tenant, instance_id) => {
      await tenantOf(instance_id, tenant);
      const handle = client.workflow.getHandle<typeof connectionTest>(connectionTestWorkflowId(instance_id));
      try {
        const { status, runId } = await handle.describe();
        if (status.name === 'RUNNING') return { status: 'running', result: null };
        if (status.name !== 'COMPLETED') return { status: 'failed', result: null };
        const result = await client.workflow.getHandle<typeof connectionTest>(handle.workflowId, runId).result();
        // An instance's name may be used again, by another tenant, after it was removed.
        return result.tenant_id === tenant ? { status: 'done', result } : NEVER;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return NEVER;
        throw error;
      }
    },
  };
}

const NEVER = { status: 'never', result: null } as const;

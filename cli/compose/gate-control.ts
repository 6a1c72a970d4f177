/** The gate as the API starts and reads it (GATE-01, GATE-07): checked before anything is started, so that a refusal is an answer. */
import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { activeTenants, checkedStages, sameVersionEverywhere } from '../../activities/gate-checks.ts';
import type { GateControl, GateState, StartGate } from '../../api/ports.ts';
import { digestOf } from '../../domain/canonical.ts';
import { ConflictError, isDomainError, NotFoundError } from '../../domain/errors.ts';
import { type GateInput, type GateProgress, type GateSummary, gateWorkflowId, QUERIES, WORKFLOWS } from '../../workflows/messages.ts';
import { gateError, gateSummaryLine } from './gate.ts';
import type { Storage } from './storage.ts';
import { createWorkerVersions } from './worker-versions.ts';

export interface GateControlDeps {
  readonly client: Client;
  readonly pipelineQueue: string;
  readonly storage: Pick<Storage, 'tenants'>;
}

/** A worker answers a query in milliseconds; without one it would take half a minute to fail. */
const QUERY_DEADLINE_MS = 2_000;
const GATE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function createGateControl({ client, pipelineQueue, storage }: GateControlDeps): GateControl {
  const workers = createWorkerVersions(client, pipelineQueue);

  async function start({ stages, tenants, expect_builder_version, user_id, idempotency_key }: StartGate) {
    const input: GateInput = {
      gate_id: idempotency_key === null ? randomUUID() : digestOf(['gate', user_id, idempotency_key]).slice(0, 32),
      stages: checkedStages(stages),
      tenants: tenants === null ? null : await activeTenants(storage.tenants, tenants),
      expect_builder_version,
      started_by: user_id,
    };
    await sameVersionEverywhere(workers, expect_builder_version);
    const workflowId = gateWorkflowId(input.gate_id);
    const request = digestOf([input.stages, input.tenants, expect_builder_version]);
    try {
      await client.workflow.start(WORKFLOWS.rematerialize, {
        workflowId,
        taskQueue: pipelineQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        memo: { request },
        staticSummary: gateSummaryLine(input),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { memo } = await client.workflow.getHandle(workflowId).describe();
      if (memo?.['request'] !== request) {
        throw new ConflictError('this idempotency key was used for another request', {
          code: 'IDEMPOTENCY_KEY_REUSED',
          field: 'Idempotency-Key',
          actor: 'operator',
        });
      }
    }
    return { gate_id: input.gate_id, workflow_id: workflowId };
  }

  async function get(gate_id: string): Promise<GateState> {
    // The same workflow ids name batches and leaves of the tree: those are not gates.
    if (!GATE_ID.test(gate_id)) throw new NotFoundError('gate', '');
    const workflow_id = gateWorkflowId(gate_id);
    const handle = client.workflow.getHandle(workflow_id);
    const status = await handle.describe().then(
      (description) => description.status.name,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) throw new NotFoundError('gate', gate_id);
        throw error;
      },
    );
    const state = { gate_id, workflow_id, progress: null, summary: null, failure: null };
    if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') return { ...state, status: 'running', progress: await progressOf(gate_id) };
    try {
      const summary = (await handle.result()) as GateSummary;
      const { tenants, succeeded, skipped, failed } = summary;
      const done = succeeded + skipped + failed;
      return { ...state, status: 'completed', summary, progress: { tenants, done, succeeded, skipped, failed, batches_in_flight: 0 } };
    } catch (error) {
      const ended = gateError(error);
      if (!isDomainError(ended)) throw ended;
      const { code, message } = ended;
      return { ...state, status: code === 'GATE_CANCELLED' ? 'cancelled' : 'failed', failure: { code, message } };
    }
  }

  const progressOf = (gate_id: string): Promise<GateProgress | null> =>
    client
      .withDeadline(Date.now() + QUERY_DEADLINE_MS, () =>
        client.workflow.getHandle(gateWorkflowId(gate_id)).query<GateProgress>(QUERIES.progress),
      )
      .catch(() => null);

  return { start, get };
}

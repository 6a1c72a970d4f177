/** Starting, retrying and cancelling runs: the one implementation behind the API, the pages and the command line (RUN-08, API-02). */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { RunControl, RunOutcome, Started } from '../../api/ports.ts';
import { digestOf } from '../../domain/canonical.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { runId, type RunId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { ScanResult, Trigger } from '../../domain/runs/types.ts';
import { whatIsInactive } from '../../domain/tenancy/active.ts';
import type { StartChain } from '../../storage/ports/index.ts';
import { type ScanInput, scanWorkflowId, type TaskQueues, WORKFLOWS } from '../../workflows/messages.ts';
import type { Storage } from './storage.ts';

export interface RunControlDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly storage: Pick<Storage, 'scopes' | 'runs' | 'lookups' | 'audit'>;
  readonly now: () => Date;
}

export interface FullRunControl extends RunControl {
  /** Resolves when the run is over. */
  result(started: Started): Promise<ScanResult>;
}

/** Far behind the budget: a backstop so that no workflow is open for ever. */
export const BACKSTOP_MS = 2 * 60 * 60 * 1_000;

export function createRunControl({ client, queues, storage, now }: RunControlDeps): FullRunControl {
  async function startScan(
    scope_id: ScopeId,
    trigger: Trigger,
    options: { hint: TenantId | null; override: boolean; key: string | null },
  ): Promise<Started> {
    const chain = await storage.scopes.findForStart(scope_id);
    if (chain === null || chain.scope.kind !== 'scan' || (options.hint !== null && options.hint !== chain.tenant._id))
      throw new NotFoundError('scope', scope_id);
    const { scope, tenant } = chain;
    const request = digestOf([scope_id, trigger.type, trigger.retry_of ?? null, options.override]);
    const workflowId = scanWorkflowId(scope_id, options.key === null ? randomUUID() : digestOf([tenant._id, options.key]));
    // A key that was used has its answer, whatever became of the scope since.
    const before = options.key === null ? null : await startedBefore(workflowId, request);
    if (before !== null) return before;
    refuseInactive(chain);
    if (options.key === null) refuseBusy(scope_id, scope.in_flight?.run ?? null, options.override ? null : scope.cooldown_until, now());
    if (options.override && scope.cooldown_until > now()) {
      // RUN-11: what cannot be recorded is not overridden.
      const subject = { scope_id, cooldown_until: scope.cooldown_until.toISOString(), retry_of: trigger.retry_of ?? null };
      await storage.audit.append(tenant._id, {
        action: 'cooldown_overridden',
        outcome: 'done',
        actor: trigger.triggered_by_user_id ?? trigger.source,
        subject,
      });
    }
    const input: ScanInput = { scope_id, trigger, override_cooldown: options.override, queues };
    try {
      const handle = await client.workflow.start(WORKFLOWS.scan, {
        workflowId,
        taskQueue: queues.pipeline,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowRunTimeout: scope.budget.max_runtime_seconds * 1_000 + BACKSTOP_MS,
        memo: { request, tenant_id: tenant._id },
        staticSummary: `scan ${scope.name} of ${tenant.slug}`,
        priority: { fairnessKey: tenant._id },
      });
      return { run_id: runId(handle.firstExecutionRunId), workflow_id: workflowId };
    } catch (error) {
      const twin = error instanceof WorkflowExecutionAlreadyStartedError ? await startedBefore(workflowId, request) : null;
      if (twin === null) throw error;
      return twin;
    }
  }

  /** The same key with the same request starts once; with another request it is a mistake that must not pass silently. Null: not used before. */
  async function startedBefore(workflowId: string, request: string): Promise<Started | null> {
    const description = await client.workflow
      .getHandle(workflowId)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      });
    if (description === null) return null;
    if (description.memo?.['request'] !== request) {
      throw new ConflictError('this idempotency key was used for another request', {
        code: 'IDEMPOTENCY_KEY_REUSED',
        field: 'Idempotency-Key',
        actor: 'operator',
      });
    }
    return { run_id: runId(description.raw.workflowExecutionInfo?.firstRunId ?? description.runId), workflow_id: workflowId };
  }

  async function tenantOf(run: RunId, hint: TenantId | null): Promise<TenantId> {
    const tenant = await storage.lookups.tenantOfRun(run);
    if (tenant === null || (hint !== null && hint !== tenant)) throw new NotFoundError('run', run);
    return tenant;
  }

  return {
    start: (request) =>
      startScan(
        request.scope_id,
        { type: request.trigger_type, source: request.source, triggered_by_user_id: request.user_id },
        { hint: request.tenant_hint, override: request.override_cooldown, key: request.idempotency_key },
      ),

    retry: async ({ run_id, tenant_hint, source, user_id, idempotency_key }) => {
      const tenant = await tenantOf(run_id, tenant_hint);
      const run = await storage.runs.get(tenant, run_id);
      const trigger: Trigger = { type: 'manual_api', source, triggered_by_user_id: user_id, retry_of: run_id };
      // A retry is somebody's decision: it passes the cooldown (RUN-11).
      return await startScan(run.scope_id, trigger, { hint: tenant, override: true, key: idempotency_key });
    },

    cancel: async ({ run_id, tenant_hint }) => {
      const tenant = await tenantOf(run_id, tenant_hint);
      const run = await storage.runs.get(tenant, run_id);
      if (run.status !== 'running') throw new ConflictError('the run is over', { code: 'RUN_IS_OVER', subject: run_id });
      try {
        await client.workflow.getHandle(run.workflow_id, undefined, { firstExecutionRunId: run_id }).cancel();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError)
          throw new ConflictError('the workflow of this run is over; the reaper will close the run', {
            code: 'RUN_IS_OVER',
            subject: run_id,
          });
        throw error;
      }
    },

    outcome: async (tenant, { workflow_id, run_id }, waitMs) => {
      const handle = client.workflow.getHandle(workflow_id, undefined, { firstExecutionRunId: run_id });
      const { memo, status, raw } = await handle.describe().catch((error: unknown) => {
        throw error instanceof WorkflowNotFoundError ? new NotFoundError('run', run_id) : error;
      });
      // A workflow id can be anybody's. The memo is ours, written at the start, also of one that is refused and leaves no record; what a schedule
      // or the gate starts has no memo, and is known by its record.
      const theirs = memo?.['tenant_id'] === tenant || (await storage.runs.find(tenant, run_id))?.workflow_id === workflow_id;
      if (!theirs || raw.workflowExecutionInfo?.firstRunId !== run_id) throw new NotFoundError('run', run_id);
      if (status.name === 'RUNNING' && waitMs === 0) return { status: 'running' };
      const stop = new AbortController();
      const waited = delay(waitMs, { status: 'running' } as const, { signal: stop.signal });
      const ended = client.withAbortSignal(stop.signal, () => handle.result()).then(outcomeOf, cutShort);
      try {
        return await Promise.race(status.name === 'RUNNING' ? [ended, waited] : [ended]);
      } finally {
        stop.abort();
        await Promise.allSettled([ended, waited]);
      }
    },

    result: async ({ workflow_id, run_id }) =>
      (await client.workflow.getHandle(workflow_id, undefined, { firstExecutionRunId: run_id }).result()) as ScanResult,
  };
}

/** An early word for people, who would wait for a run that leaves no record; the claim decides it again. @throws InvalidInputError `SCOPE_NOT_ACTIVE` */
export function refuseInactive(chain: StartChain): void {
  const inactive = whatIsInactive(chain);
  if (inactive === null) return;
  throw new InvalidInputError(`nothing is started here: the ${inactive} is not active`, {
    code: 'SCOPE_NOT_ACTIVE',
    field: 'scope_id',
    expected: 'an active scope of an active instance and tenant',
    subject: chain.scope._id,
  });
}

function outcomeOf(result: unknown): RunOutcome {
  const ended = result as ScanResult;
  return 'refused' in ended ? { status: 'refused', ...ended } : { status: 'over', run_status: ended.status };
}

function cutShort(error: unknown): RunOutcome {
  if (error instanceof WorkflowFailedError) return { status: 'over', run_status: null };
  throw error;
}

/** An early word for people; the claim itself is decided in `openRun`. */
function refuseBusy(scope: ScopeId, holder: RunId | null, cooldownUntil: Date | null, now: Date): void {
  if (holder !== null) throw new ConflictError('a run of this scope is in flight', { code: 'SCOPE_IN_FLIGHT', subject: scope, holder });
  if (cooldownUntil !== null && cooldownUntil > now) {
    throw new ConflictError(`the scope cools down until ${cooldownUntil.toISOString()}; override it to start now`, {
      code: 'SCOPE_COOLING_DOWN',
      subject: scope,
    });
  }
}

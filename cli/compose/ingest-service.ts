/** Takes a normalized graph (API-01): kept sealed first, validated as a whole, and only then a run is started. A bad one leaves nothing behind. */
import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { IngestRequest, IngestService, Started } from '../../api/ports.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { digestOf } from '../../domain/canonical.ts';
import { ConflictError, InvalidInputError, isDomainError, NotFoundError } from '../../domain/errors.ts';
import { parseGraph } from '../../domain/graph/parse.ts';
import { INGEST_OWNER, ingestScopeId, runId, type RunId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { ArtifactRef } from '../../domain/runs/types.ts';
import type { ConnectorInstance } from '../../domain/tenancy/types.ts';
import { type IngestInput, ingestWorkflowId, type TaskQueues, WORKFLOWS } from '../../workflows/messages.ts';
import type { Storage } from './storage.ts';

export interface IngestDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly storage: Pick<Storage, 'lookups' | 'tenants' | 'instances' | 'scopes' | 'artifacts'>;
  readonly registry: Pick<ConnectorRegistry, 'get'>;
  readonly now: () => Date;
}

const BUDGET_SECONDS = 1_800;

export function createIngestService(deps: IngestDeps): IngestService {
  const { client, queues, storage, registry, now } = deps;
  const categoriesOf = (connector: string): readonly string[] => registry.get(connector).manifest.categories.map(({ name }) => name);

  async function validate(
    tenant: TenantId,
    owner: ReturnType<typeof runId>,
    artifact: ArtifactRef,
    instance: ConnectorInstance,
  ): Promise<void> {
    const graph = await storage.artifacts.open(tenant, owner, artifact.artifact_id);
    const { source_system } = registry.get(instance.connector).manifest;
    const expected = { source_system, source_tenant: instance.source_tenant, categories: categoriesOf(instance.connector) };
    for await (const _ of parseGraph(graph, { expected })) void _;
  }

  /** The row of an instance's ingests. It knows the categories that the connector declares now, which what was just checked may be of. */
  async function ensureScope(tenant: TenantId, { _id, name, connector }: ConnectorInstance): Promise<ScopeId> {
    const categories = [...new Set(categoriesOf(connector))].sort();
    const scope = await storage.scopes.ensure(tenant, {
      _id: ingestScopeId(_id),
      instance_id: _id,
      kind: 'ingest',
      name: `ingest into ${name}`,
      categories,
      budget: { max_runtime_seconds: BUDGET_SECONDS },
      created_at: now(),
    });
    if (digestOf(scope.categories) !== digestOf(categories)) await storage.scopes.update(tenant, scope._id, { categories });
    return scope._id;
  }

  async function start(
    scope_id: ScopeId,
    tenant: TenantId,
    artifact: ArtifactRef,
    { userId, idempotencyKey, complete }: IngestRequest,
  ): Promise<Started> {
    const workflowId = ingestWorkflowId(scope_id, idempotencyKey === null ? randomUUID() : digestOf([tenant, idempotencyKey]));
    const request = digestOf([artifact.digest, complete]);
    const input: IngestInput = {
      complete,
      scope_id,
      trigger: { type: 'manual_api', source: 'ingest', triggered_by_user_id: userId },
      artifact,
      queues,
    };
    try {
      const handle = await client.workflow.start(WORKFLOWS.ingest, {
        workflowId,
        taskQueue: queues.pipeline,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        memo: { request, tenant_id: tenant },
        staticSummary: `ingest into ${scope_id}`,
        priority: { fairnessKey: tenant },
      });
      return { run_id: runId(handle.firstExecutionRunId), workflow_id: workflowId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const description = await client.workflow.getHandle(workflowId).describe();
      if (description.memo?.['request'] !== request) {
        throw new ConflictError('this idempotency key was used for another request', {
          code: 'IDEMPOTENCY_KEY_REUSED',
          field: 'Idempotency-Key',
          actor: 'operator',
        });
      }
      // The first request's graph is the one that counts: this copy of it is not needed.
      await storage.artifacts.remove(tenant, ownerOf(artifact), artifact.artifact_id);
      return { run_id: runId(description.raw.workflowExecutionInfo?.firstRunId ?? description.runId), workflow_id: workflowId };
    }
  }

  return {
    accept: async (request) => {
      const tenant = await storage.lookups.tenantOfInstance(request.instance_id);
      if (tenant === null || (request.tenant_hint !== null && request.tenant_hint !== tenant))
        throw new NotFoundError('instance', request.instance_id);
      const instance = await storage.instances.get(tenant, request.instance_id);
      if ((await storage.tenants.get(tenant)).status !== 'active' || instance.status !== 'active')
        throw new NotFoundError('instance', request.instance_id);

      refuseUnknown(request.complete, categoriesOf(instance.connector));
      const owner = runId(`${INGEST_OWNER}${randomUUID()}`);
      const artifact = await storage.artifacts.put(tenant, owner, 1, request.body);
      let asked = false;
      try {
        await validate(tenant, owner, artifact, instance);
        const scope_id = await ensureScope(tenant, instance);
        asked = true;
        return await start(scope_id, tenant, artifact, request);
      } catch (error) {
        // A start that Temporal gave no answer to may have been one, and its run reads this graph: if not, the sweep takes it.
        if (!asked || isDomainError(error)) await storage.artifacts.remove(tenant, owner, artifact.artifact_id);
        throw error;
      }
    },
  };
}

const ownerOf = (artifact: ArtifactRef): RunId => runId(artifact.artifact_id.slice(0, artifact.artifact_id.lastIndexOf('/')));

function refuseUnknown(complete: readonly string[], known: readonly string[]): void {
  if (complete.every((category) => known.includes(category))) return;
  throw new InvalidInputError('a category is not one that the connector declares', {
    code: 'UNKNOWN_CATEGORY',
    field: 'complete',
    expected: `categories out of ${known.join(', ')}`,
  });
}

/** `syncGraph`: from the artifact to the tenant's graph. */
import { FencedError, NotFoundError, PersistentError } from '../domain/errors.ts';
import { INGEST_OWNER, runId, type RunId, type TenantId } from '../domain/ids.ts';
import type { CategoryResults, Cell, ScanRun } from '../domain/runs/types.ts';
import type { ScanScope } from '../domain/tenancy/types.ts';
import type { RunRepository, ScopeRepository, SyncOutcome, SyncRequest } from '../storage/ports/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { SyncInput, SyncResult } from './inputs.ts';
import { withStageCell } from './stage-cell.ts';
import { verifiedRun } from './verified-run.ts';

/** A sync request whose graph is still in the artifact store. Plain data: it crosses to a worker thread (FLOW-10). */
export interface ArtifactSyncRequest extends Omit<SyncRequest, 'graph' | 'signal' | 'onProgress' | 'limits'> {
  /** The run that the artifact is bound to: this one, or what an ingest was handed over as. */
  readonly artifact_owner: RunId;
  readonly artifact_id: string;
}

export interface ArtifactSync {
  sync(
    tenant: TenantId,
    request: ArtifactSyncRequest,
    options: { readonly signal: AbortSignal; readonly onProgress: (phase: string, done: number) => void },
  ): Promise<SyncOutcome>;
}

export interface SyncDeps {
  readonly scopes: Pick<ScopeRepository, 'findForStart'>;
  readonly runs: Pick<RunRepository, 'get' | 'setSync' | 'stampCell'>;
  readonly graph: ArtifactSync;
  /** The `source_system` that the connector's manifest declares. */
  readonly sourceSystemOf: (connector: string) => string;
  readonly now: () => Date;
}

export type SyncActivities = ReturnType<typeof createSyncActivities>;

export function createSyncActivities(deps: SyncDeps) {
  const { runs, graph, now } = deps;
  return {
    async syncGraph(input: SyncInput): Promise<SyncResult> {
      const { tenant, scope, instance, run } = await verifiedRun(deps, input);
      if (run.status !== 'running') throw new FencedError(run._id);
      if (instance === null)
        throw new PersistentError('a scope without an instance reads nothing', { code: 'SCOPE_WITHOUT_INSTANCE', actor: 'engineer' });
      const stamp = (cell: Parameters<typeof runs.stampCell>[3]) => runs.stampCell(tenant._id, run._id, '__sync', cell);
      return await withStageCell(input.attempt, now, stamp, () =>
        withHeartbeat(async ({ signal, report }) => {
          const request: ArtifactSyncRequest = {
            scope_id: scope._id,
            run_id: run._id,
            generation: run.generation,
            instance_id: instance._id,
            source_system: deps.sourceSystemOf(run.connector),
            source_tenant: instance.source_tenant,
            results: scope.kind === 'ingest' ? ingestedCells(scope, input.complete ?? [], run.started_at) : run.category_results,
            artifact_owner: artifactOwner(run, scope, input.artifact.artifact_id),
            artifact_id: input.artifact.artifact_id,
            // The same on every attempt, so that a repeated stage writes the same bytes.
            now: run.collected_at ?? run.started_at,
          };
          const outcome = await graph.sync(tenant._id, request, { signal, onProgress: (phase, done) => report({ phase, done }) });
          await runs.setSync(tenant._id, run._id, outcome.sync_id, now());
          return { items: outcome.items_scanned, result: { sync_id: outcome.sync_id, entities_upserted: outcome.items_scanned } };
        }),
      );
    },
  };
}

/** What a handed-over graph says of its categories: nothing is complete that its sender did not call so (DATA-03). */
function ingestedCells(scope: ScanScope, complete: readonly string[], startedAt: Date): CategoryResults {
  const at = startedAt.toISOString();
  const cell = (category: string): Cell => ({
    status: complete.includes(category) ? 'succeeded' : 'partial',
    items_scanned: 0,
    started_at: at,
    ended_at: at,
    errors: [],
  });
  return Object.fromEntries(scope.categories.map((category) => [category, cell(category)]));
}

/** A scan reads only its own artifact; an ingest the one that the API put there before the run began (`ingest-…/1`). */
function artifactOwner(run: ScanRun, scope: ScanScope, artifact: string): RunId {
  const owner = artifact.slice(0, artifact.lastIndexOf('/'));
  if (scope.kind === 'ingest' && owner.startsWith(INGEST_OWNER)) return runId(owner);
  if (owner !== run._id) throw new NotFoundError('artifact', run._id);
  return run._id;
}

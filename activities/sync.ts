/** `syncGraph`: from the artifact to the tenant's graph. */
import { FencedError, PersistentError } from '../domain/errors.ts';
import type { ArtifactStore, GraphSync, RunRepository, ScopeRepository } from '../storage/ports/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { SyncInput, SyncResult } from './inputs.ts';
import { withStageCell } from './stage-cell.ts';
import { verifiedRun } from './verified-run.ts';

export interface SyncDeps {
  readonly scopes: Pick<ScopeRepository, 'findForStart'>;
  readonly runs: Pick<RunRepository, 'get' | 'setSync' | 'stampCell' | 'setCollected'>;
  readonly artifacts: Pick<ArtifactStore, 'open'>;
  readonly graph: GraphSync;
  /** The `source_system` that the connector's manifest declares. */
  readonly sourceSystemOf: (connector: string) => string;
  readonly now: () => Date;
}

export type SyncActivities = ReturnType<typeof createSyncActivities>;

export function createSyncActivities(deps: SyncDeps) {
  const { runs, graph, artifacts, now } = deps;
  return {
    async syncGraph(input: SyncInput): Promise<SyncResult> {
      const { tenant, scope, instance, run } = await verifiedRun(deps, input);
      if (run.status !== 'running') throw new FencedError(run._id);
      if (instance === null) throw new PersistentError('a scope without an instance reads nothing', { code: 'SCOPE_WITHOUT_INSTANCE', actor: 'engineer' });
      const stamp = (cell: Parameters<typeof runs.stampCell>[3]) => runs.stampCell(tenant._id, run._id, '__sync', cell);
      return await withStageCell(input.attempt, now, stamp, () =>
        withHeartbeat(async ({ signal, report }) => {
          const outcome = await graph.sync(tenant._id, {
            scope_id: scope._id,
            run_id: run._id,
            generation: run.generation,
            instance_id: instance._id,
            source_system: deps.sourceSystemOf(run.connector),
            source_tenant: instance.source_tenant,
            results: run.category_results,
            graph: await artifacts.open(tenant._id, run._id, input.artifact.artifact_id),
            // The same on every attempt, so that a repeated stage writes the same bytes.
            now: run.collected_at ?? run.started_at,
            signal,
            onProgress: ({ phase, done, total }) => report({ phase, done, total }),
          });
          await runs.setSync(tenant._id, run._id, outcome.sync_id);
          // An ingest has no connector stage: it is past it now.
          await runs.setCollected(tenant._id, run._id, now());
          return { items: outcome.items_scanned, result: { sync_id: outcome.sync_id, entities_upserted: outcome.items_scanned } };
        }),
      );
    },
  };
}


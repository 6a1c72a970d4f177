/** The deploy gate's own reads and writes: whom it goes over, the synthetic scope of a leaf, and how much is stale (GATE-01…GATE-06). */
import { randomUUID } from 'node:crypto';
import { BUILDER_VERSION, GATE_STAGES, type GateStage, type GateStageFacts } from '../domain/gate/stages.ts';
import type { ScopeId, TenantId } from '../domain/ids.ts';
import type { DerivedRepository, GateSnapshotRepository, ScopeRepository, TenantRepository } from '../storage/ports/index.ts';
import { activeTenants, checkedStages, sameVersionHere, type WorkerVersions } from './gate-checks.ts';
import { ensureGateRow } from './gate-scope.ts';
import type { GateBatchReadInput, GateSnapshotInput, GateSnapshotResult, GateStaleInput } from './inputs.ts';

export interface GateDeps {
  readonly tenants: Pick<TenantRepository, 'find' | 'listActiveIds'>;
  readonly scopes: Pick<ScopeRepository, 'ensure'>;
  readonly derived: Pick<DerivedRepository, 'countByBuilder'>;
  readonly snapshots: GateSnapshotRepository;
  readonly workers: WorkerVersions;
  readonly now: () => Date;
}

export type GateActivities = ReturnType<typeof createGateActivities>;

export const GATE_BATCH_SIZE = 100;

export function createGateActivities({ tenants, scopes, derived, snapshots, workers, now }: GateDeps) {
  async function staleOf(tenant: TenantId, stages: readonly GateStage[]): Promise<number> {
    let stale = 0;
    for (const stage of stages) {
      const { records, version }: GateStageFacts = GATE_STAGES[stage];
      for (const kind of records) {
        for (const { builder_version, count } of await derived.countByBuilder(tenant, kind))
          if (builder_version !== version) stale += count;
      }
    }
    return stale;
  }

  return {
    /** Writes down whom the gate goes over. An attempt has a snapshot of its own: only the accepted result names the one that counts. */
    async snapshotTenants({ stages, tenants: named, expect_builder_version }: GateSnapshotInput): Promise<GateSnapshotResult> {
      checkedStages(stages);
      await sameVersionHere(workers, expect_builder_version);
      const ids = named === null ? tenants.listActiveIds() : each(await activeTenants(tenants, named));
      const snapshot = randomUUID();
      return {
        snapshot,
        builder_version: BUILDER_VERSION,
        ...(await snapshots.create(snapshot, ids, { size: GATE_BATCH_SIZE, now: now() })),
      };
    },

    async readGateBatch({ snapshot, batch, expect_builder_version }: GateBatchReadInput): Promise<{ tenants: readonly TenantId[] }> {
      await sameVersionHere(workers, expect_builder_version);
      return { tenants: await snapshots.batch(snapshot, batch) };
    },

    /** Live records of the batch's tenants that other code than this worker's has built. */
    async countStale({ snapshot, batch, stages, expect_builder_version }: GateStaleInput): Promise<{ stale: number }> {
      await sameVersionHere(workers, expect_builder_version);
      let stale = 0;
      for (const tenant of await snapshots.batch(snapshot, batch)) stale += await staleOf(tenant, stages);
      return { stale };
    },

    /** A step of its own for leaves that began before `openGateRun`; it goes with their patch (docs/decisions/0011). */
    async ensureGateScope({ tenant_id }: { tenant_id: TenantId }): Promise<{ scope_id: ScopeId }> {
      return { scope_id: await ensureGateRow({ tenants, scopes, now }, tenant_id) };
    },

    async dropSnapshot({ snapshot }: { snapshot: string }): Promise<void> {
      await snapshots.remove(snapshot);
    },
  };
}

async function* each(ids: readonly TenantId[]): AsyncIterable<TenantId> {
  yield* ids;
}

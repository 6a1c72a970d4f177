import type { ChangeSet } from '../../domain/rules/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Coverage, Edge, EdgeId, Entity, EntityId, Provenance, TenantGraph } from '../../domain/graph/types.ts';

export interface GraphRepository {
  /**
   * Everything live, merged over its reporters, in id order; edges only where both ends are live.
   * Memory: the whole graph. Call it in a worker thread (FLOW-10).
   * @param options.known what an earlier call gave: given back as it is when this tenant's coverage says that nothing was written since
   */
  loadTenantGraph(tenant: TenantId, options?: { readonly signal?: AbortSignal; readonly known?: TenantGraph }): Promise<TenantGraph>;
  /** Merged and live, in id order; ids that are not there are left out. */
  getEntities(tenant: TenantId, ids: readonly EntityId[]): Promise<readonly Entity[]>;
  getEdges(tenant: TenantId, ids: readonly EdgeId[]): Promise<readonly Edge[]>;
  /** Where the live rows of these entities and edges came from: the syncs that an evidence pack names. In id order. */
  provenanceOf(tenant: TenantId, ids: readonly (EntityId | EdgeId)[]): Promise<readonly ({ readonly id: string } & Provenance)[]>;
}

export interface CoverageRepository {
  /** One per (active scope, category); `never` where no run has read it. In (scope, category) order. */
  list(tenant: TenantId): Promise<readonly Coverage[]>;
}

export interface ChangeRepository {
  /** What the last complete read of each category changed against the one before it, in id order (DATA-10). Read from rows: the same until the next sync. */
  sinceLastComplete(tenant: TenantId, options?: { readonly signal?: AbortSignal }): Promise<ChangeSet>;
}

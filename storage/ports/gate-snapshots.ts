import type { TenantId } from '../../domain/ids.ts';

/** Which tenants a gate goes over, in numbered batches: Temporal carries only the snapshot's id and the numbers. */
export interface GateSnapshotRepository {
  /** Batches of at most `size` tenants, numbered from 0. Removes snapshots that were forgotten 30 days ago. */
  create(
    snapshot: string,
    tenants: AsyncIterable<TenantId>,
    options: { readonly size: number; readonly now: Date },
  ): Promise<{ readonly tenants: number; readonly batches: number }>;
  /** @throws NotFoundError */
  batch(snapshot: string, number: number): Promise<readonly TenantId[]>;
  remove(snapshot: string): Promise<void>;
}

/** How much a tenant holds: live and current records only. */
import { tenantId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import { mappingErrors } from './errors.ts';

export interface TenantCounts {
  readonly entities: number;
  /** Open ones. */
  readonly findings: number;
  readonly execution_chains: number;
  readonly stitched_paths: number;
  readonly evidence_packs: number;
}

export interface Counts {
  of(tenant: TenantId): Promise<TenantCounts>;
}

type Counted = Pick<Collections, 'entities' | 'findings' | 'executionChains' | 'stitchedPaths' | 'evidencePacks'>;

export function createCounts({ entities, findings, executionChains, stitchedPaths, evidencePacks }: Counted): Counts {
  return mappingErrors<Counts>('counts', {
    of: async (tenant) => {
      const tenant_id = tenantId(tenant);
      // One entity may have a row per scope and category that reports it.
      const live = await entities
        .aggregate([{ $match: { tenant_id, removed: false } }, { $group: { _id: '$entity_id' } }, { $count: 'n' }])
        .toArray();
      return {
        entities: Number(live[0]?.['n'] ?? 0),
        findings: await findings.countDocuments({ tenant_id, status: 'open' }),
        execution_chains: await executionChains.countDocuments({ tenant_id, retired_at: null }),
        stitched_paths: await stitchedPaths.countDocuments({ tenant_id, retired_at: null }),
        evidence_packs: await evidencePacks.countDocuments({ tenant_id, superseded_at: null }),
      };
    },
  });
}

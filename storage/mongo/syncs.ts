import { NotFoundError } from '../../domain/errors.ts';
import { runId, scopeId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { SyncRepository } from '../ports/graph-sync.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant, pageSize, text } from './guards.ts';

export function createSyncRepository({ connectorSyncs }: Pick<Collections, 'connectorSyncs'>): SyncRepository {
  return mappingErrors<SyncRepository>('syncs', {
    async get(tenant, sync) {
      const row = await connectorSyncs.findOne({ _id: text('sync', sync), tenant_id: ownTenant(tenant) });
      if (row === null) throw new NotFoundError('sync', sync);
      return row;
    },
    findByRun: async (tenant, run) => connectorSyncs.findOne({ tenant_id: ownTenant(tenant), run_id: runId(run) }),
    async listByScope(tenant, scope, limit) {
      const filter = { tenant_id: ownTenant(tenant), scope_id: scopeId(scope) };
      return connectorSyncs
        .find(filter)
        .sort({ completed_at: -1 })
        .limit(pageSize(limit, 50, 500))
        .toArray();
    },
  });
}

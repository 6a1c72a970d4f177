import { NotFoundError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { GateSnapshotRepository } from '../ports/gate-snapshots.ts';
import { mappingErrors } from './errors.ts';
import { instant, ownTenant, text, whole } from './guards.ts';

const FORGOTTEN_AFTER_MS = 30 * 86_400_000;

export function createGateSnapshots({ gateBatches }: Pick<Collections, 'gateBatches'>): GateSnapshotRepository {
  return mappingErrors<GateSnapshotRepository>('gateSnapshots', {
    async create(snapshot, tenants, { size, now }) {
      text('snapshot', snapshot);
      whole('size', size);
      const created_at = instant('now', now);
      await gateBatches.deleteMany({ created_at: { $lt: new Date(now.getTime() - FORGOTTEN_AFTER_MS) } });
      let batches = 0;
      let count = 0;
      const write = async (ids: readonly TenantId[]): Promise<void> => {
        await gateBatches.insertOne({ _id: `${snapshot}:${batches}`, snapshot, tenant_ids: ids, created_at });
        batches += 1;
        count += ids.length;
      };
      let ids: TenantId[] = [];
      for await (const tenant of tenants) {
        ids.push(ownTenant(tenant));
        if (ids.length < size) continue;
        await write(ids);
        ids = [];
      }
      if (ids.length > 0) await write(ids);
      return { tenants: count, batches };
    },

    async batch(snapshot, number) {
      const _id = `${text('snapshot', snapshot)}:${whole('number', number)}`;
      const row = await gateBatches.findOne({ _id });
      if (row === null) throw new NotFoundError('gate batch', _id);
      return row.tenant_ids;
    },

    async remove(snapshot) {
      await gateBatches.deleteMany({ snapshot: text('snapshot', snapshot) });
    },
  });
}

import type { Collections } from '../collections.ts';
import type { TenantStateRepository } from '../ports/audit.ts';
import { mappingErrors, upserting } from './errors.ts';
import { ownTenant } from './guards.ts';

export function createTenantStateRepository({ tenantState }: Pick<Collections, 'tenantState'>): TenantStateRepository {
  return mappingErrors<TenantStateRepository>('tenantState', {
    async nextPass(tenant) {
      const _id = ownTenant(tenant);
      const row = await upserting(() =>
        tenantState.findOneAndUpdate(
          { _id },
          { $inc: { pass: 1 }, $setOnInsert: { audit_seq: 0 } },
          { upsert: true, returnDocument: 'after' },
        ),
      );
      return row?.pass ?? 1;
    },
    currentPass: async (tenant) => (await tenantState.findOne({ _id: ownTenant(tenant) }))?.pass ?? 0,
  });
}

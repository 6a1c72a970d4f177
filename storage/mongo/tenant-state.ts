import type { Collections } from '../collections.ts';
import type { TenantStateRepository } from '../ports/audit.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant } from './guards.ts';

export function createTenantStateRepository({ tenantState }: Pick<Collections, 'tenantState'>): TenantStateRepository {
  return mappingErrors<TenantStateRepository>('tenantState', {
    async nextPass(tenant) {
      const row = await tenantState.findOneAndUpdate(
        { _id: ownTenant(tenant) },
        { $inc: { pass: 1 }, $setOnInsert: { audit_seq: 0 } },
        { upsert: true, returnDocument: 'after' },
      );
      return row?.pass ?? 1;
    },
    currentPass: async (tenant) => (await tenantState.findOne({ _id: ownTenant(tenant) }))?.pass ?? 0,
  });
}

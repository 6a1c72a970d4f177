/** The synthetic row that a leaf of the gate claims, like a scan claims its scope (RUN-13, RUN-16). */
import { NotFoundError } from '../domain/errors.ts';
import { gateScopeId, type ScopeId, tenantId, type TenantId } from '../domain/ids.ts';
import type { ScopeRepository, TenantRepository } from '../storage/ports/index.ts';

export interface GateScopeDeps {
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly scopes: Pick<ScopeRepository, 'ensure'>;
  readonly now: () => Date;
}

const LEAF_BUDGET_SECONDS = 3_600;

/** The tenant's own row decides that it exists; whether it is active is decided at the claim. @throws NotFoundError */
export async function ensureGateRow({ tenants, scopes, now }: GateScopeDeps, named: TenantId): Promise<ScopeId> {
  const tenant = await tenants.find(tenantId(named));
  if (tenant === null) throw new NotFoundError('tenant', named);
  const scope = await scopes.ensure(tenant._id, {
    _id: gateScopeId(tenant._id),
    instance_id: null,
    kind: 'gate',
    name: 'deploy gate',
    categories: [],
    budget: { max_runtime_seconds: LEAF_BUDGET_SECONDS },
    cooldown_seconds: 0,
    created_at: now(),
  });
  return scope._id;
}

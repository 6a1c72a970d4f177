/** Tenants, instances and scopes: small lists, in id order. */
import type { Collection, Filter } from 'mongodb';
import { type InstanceId, instanceId, type ScopeId, scopeId, type TenantId, tenantId } from '../../domain/ids.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../../domain/tenancy/types.ts';
import type { IdPosition, Page, PageRequest } from '../../domain/views/types.ts';
import type { Versioned } from '../ports/instances.ts';
import type { Collections, TenantDoc } from '../collections.ts';
import { oneOf, ownTenant, pageSize, text } from '../mongo/guards.ts';
import { versionedTenant } from '../mongo/tenants.ts';

const TENANT_STATUSES = ['active', 'suspended', 'offboarded'] as const satisfies readonly Tenant['status'][];

async function page<T extends { readonly _id: string }>(
  collection: unknown,
  filter: object,
  request: PageRequest<IdPosition>,
): Promise<Page<T, IdPosition>> {
  const limit = pageSize(request.limit, 50, 200);
  const after = request.after === undefined ? {} : { _id: { $gt: text('after', request.after.id) } };
  const rows = (await (collection as Collection<{ _id: string }>)
    .find({ ...filter, ...after } as Filter<{ _id: string }>)
    .sort({ _id: 1 })
    .limit(limit + 1)
    .toArray()) as unknown as T[];
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? { id: items.at(-1)?._id ?? '' } : null };
}

export function tenancyViews({
  tenants,
  connectorInstances,
  scanScopes,
}: Pick<Collections, 'tenants' | 'connectorInstances' | 'scanScopes'>) {
  return {
    async tenants(filter: { readonly status?: Tenant['status'] }, request: PageRequest<IdPosition>) {
      const status = filter.status === undefined ? {} : { status: oneOf('status', filter.status, TENANT_STATUSES) };
      const { items, next } = await page<TenantDoc>(tenants, status, request);
      return { items: items.map(versionedTenant), next };
    },
    async tenant(id: TenantId): Promise<Versioned<Tenant> | null> {
      const row = await tenants.findOne({ _id: tenantId(id) });
      return row === null ? null : versionedTenant(row);
    },

    instances: async (tenant: TenantId, filter: { readonly connector?: string }, request: PageRequest<IdPosition>) =>
      page<Versioned<ConnectorInstance>>(
        connectorInstances,
        { tenant_id: ownTenant(tenant), ...(filter.connector === undefined ? {} : { connector: text('connector', filter.connector) }) },
        request,
      ),
    instance: async (tenant: TenantId, id: InstanceId): Promise<Versioned<ConnectorInstance> | null> =>
      connectorInstances.findOne({ _id: instanceId(id), tenant_id: ownTenant(tenant) }),

    scopes: async (tenant: TenantId, filter: { readonly instance_id?: InstanceId }, request: PageRequest<IdPosition>) =>
      page<Versioned<ScanScope>>(
        scanScopes,
        { tenant_id: ownTenant(tenant), ...(filter.instance_id === undefined ? {} : { instance_id: instanceId(filter.instance_id) }) },
        request,
      ),
    scope: async (tenant: TenantId, id: ScopeId): Promise<Versioned<ScanScope> | null> =>
      scanScopes.findOne({ _id: scopeId(id), tenant_id: ownTenant(tenant) }),
  };
}

import type { TenantId } from '../../domain/ids.ts';
import type { Tenant } from '../../domain/tenancy/types.ts';
import type { Versioned } from './instances.ts';

export interface NewTenant {
  readonly _id: TenantId;
  /** `[A-Z0-9]{1,32}`. Reserved for ever: not free again when the tenant is offboarded. */
  readonly slug: string;
  readonly name: string;
  readonly kind: Tenant['kind'];
  readonly created_at: Date;
}

export type TenantEdit = Partial<Pick<Tenant, 'name' | 'status'>>;

export interface TenantRepository {
  /** The same call again returns the same row. @throws ConflictError `SLUG_TAKEN`, `TENANT_EXISTS`; InvalidInputError */
  create(tenant: NewTenant): Promise<Versioned<Tenant>>;
  /** @throws NotFoundError */
  get(tenant: TenantId): Promise<Versioned<Tenant>>;
  find(tenant: TenantId): Promise<Versioned<Tenant> | null>;
  findBySlug(slug: string): Promise<Tenant | null>;
  /** In id order, after `after`. For the platform's own operators: the only lists that are not of one tenant. */
  list(page?: { readonly after?: TenantId; readonly limit?: number }): Promise<readonly Tenant[]>;
  /** Streamed in id order: a gate snapshots 10,000 of them. */
  listActiveIds(): AsyncIterable<TenantId>;
  /** @throws NotFoundError */
  setStatus(tenant: TenantId, status: Tenant['status']): Promise<Versioned<Tenant>>;
  /** @throws NotFoundError; ConflictError `STALE_EDIT` when `version` is given and not the stored one, `TENANT_OFFBOARDED`: that is for ever */
  edit(tenant: TenantId, edit: TenantEdit, version?: number): Promise<Versioned<Tenant>>;
}

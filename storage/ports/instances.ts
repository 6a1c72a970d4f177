import type { InstanceId, TenantId } from '../../domain/ids.ts';
import type { ConnectorInstance } from '../../domain/tenancy/types.ts';

/** A row that people edit: an edit names the version that it was based on, or is refused as stale. */
export type Versioned<T> = T & { readonly version: number };

export type InstanceEdit = Partial<Pick<ConnectorInstance, 'name' | 'source_tenant' | 'credentials_ref' | 'config' | 'status'>>;

export interface InstanceRepository {
  /** @throws ConflictError `INSTANCE_EXISTS` */
  create(tenant: TenantId, instance: Omit<ConnectorInstance, 'tenant_id'>): Promise<Versioned<ConnectorInstance>>;
  /** @throws NotFoundError also for another tenant's row */
  get(tenant: TenantId, id: InstanceId): Promise<Versioned<ConnectorInstance>>;
  find(tenant: TenantId, id: InstanceId): Promise<Versioned<ConnectorInstance> | null>;
  list(tenant: TenantId, filter?: { readonly connector?: string }): Promise<readonly Versioned<ConnectorInstance>[]>;
  /** @throws NotFoundError; ConflictError `STALE_EDIT` when `version` is given and not the stored one */
  update(tenant: TenantId, id: InstanceId, edit: InstanceEdit, version?: number): Promise<Versioned<ConnectorInstance>>;
  /** @throws NotFoundError; ConflictError `INSTANCE_IN_USE` while a scope names it */
  remove(tenant: TenantId, id: InstanceId): Promise<void>;
}

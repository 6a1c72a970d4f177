import type { FederationBinding } from '../../domain/federation/types.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';

export type BindingContent = Omit<FederationBinding, 'tenant_id' | 'instance_id' | 'version'>;

/** Who may act as which role, directory or organisation (CRED-18). One binding per connection. */
export interface BindingRepository {
  find(tenant: TenantId, instance: InstanceId): Promise<FederationBinding | null>;
  /** Of one tenant, in the order of the instances. */
  list(tenant: TenantId): Promise<readonly FederationBinding[]>;
  /** Compare-and-set: `version` is what was read, 0 for none. Null when somebody else was there first. */
  write(tenant: TenantId, instance: InstanceId, version: number, content: BindingContent): Promise<FederationBinding | null>;
  /**
   * True when the identifier is the tenant's from now on; false when it is another's. The row is the reservation: its `_id` is the identifier.
   * `proven`: it was shown to be the tenant's and is never given back, like a slug.
   */
  reserve(tenant: TenantId, identifier: string, reservation: { readonly proven: boolean; readonly now: Date }): Promise<boolean>;
  /** Whether the identifier was proven to be this tenant's. */
  holds(tenant: TenantId, identifier: string): Promise<boolean>;
  /** Takes back a reservation of this tenant that was never proven; any other stays. */
  release(tenant: TenantId, identifier: string): Promise<void>;
}

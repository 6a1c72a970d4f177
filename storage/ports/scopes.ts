import type { InstanceId, ScopeId, TenantId } from '../../domain/ids.ts';
import type { ConnectorInstance, InFlight, ScanScope, Tenant } from '../../domain/tenancy/types.ts';
import type { Versioned } from './instances.ts';

export interface NewScope {
  readonly _id: ScopeId;
  readonly instance_id: InstanceId | null;
  readonly kind: ScanScope['kind'];
  readonly name: string;
  readonly categories: readonly string[];
  readonly params?: ScanScope['params'];
  readonly budget: ScanScope['budget'];
  /** Default 3600 (RUN-11). */
  readonly cooldown_seconds?: number;
  readonly schedule_id?: string | null;
  readonly schedule?: ScanScope['schedule'];
  readonly created_at: Date;
}

export type ScopeEdit = Partial<
  Pick<ScanScope, 'name' | 'categories' | 'params' | 'budget' | 'cooldown_seconds' | 'schedule_id' | 'schedule' | 'paused' | 'status'>
>;

/** What the database says of a scope id: the only ground for "whose run is this" (CRED-05). */
export interface StartChain {
  readonly tenant: Tenant;
  readonly scope: Versioned<ScanScope>;
  /** Null only for gate scopes. */
  readonly instance: Versioned<ConnectorInstance> | null;
}

/** A scope that a run holds, for the reaper (RUN-14). The run's row may be missing: its worker died between claim and insert. */
export interface HeldScope {
  readonly tenant_id: TenantId;
  readonly scope_id: ScopeId;
  readonly in_flight: InFlight;
  readonly last_claimed_at: Date;
}

export interface ScopeRepository {
  /** The one read without a tenant. Null when the scope, its tenant or its instance is not there. Says nothing of their status. */
  findForStart(scope: ScopeId): Promise<StartChain | null>;
  /** @throws ConflictError `SCOPE_EXISTS`; NotFoundError when `instance_id` is not a row of this tenant */
  create(tenant: TenantId, scope: NewScope): Promise<Versioned<ScanScope>>;
  /** Makes it unless it is there: for the synthetic rows `ingest:{instance}` and `gate:{tenant}` (RUN-13). */
  ensure(tenant: TenantId, scope: NewScope): Promise<Versioned<ScanScope>>;
  /** @throws NotFoundError also for another tenant's row */
  get(tenant: TenantId, id: ScopeId): Promise<Versioned<ScanScope>>;
  find(tenant: TenantId, id: ScopeId): Promise<Versioned<ScanScope> | null>;
  list(
    tenant: TenantId,
    filter?: { readonly kind?: ScanScope['kind']; readonly instance_id?: InstanceId },
  ): Promise<readonly Versioned<ScanScope>[]>;
  /** Never touches the claim. @throws NotFoundError; ConflictError `STALE_EDIT` */
  update(tenant: TenantId, id: ScopeId, edit: ScopeEdit, version?: number): Promise<Versioned<ScanScope>>;
  /** Ends the cooldown now. @throws NotFoundError */
  clearCooldown(tenant: TenantId, id: ScopeId): Promise<void>;
  /** Takes the scope's graph rows and coverage with it; runs and syncs stay. @throws NotFoundError; ConflictError `SCOPE_IN_FLIGHT` */
  remove(tenant: TenantId, id: ScopeId): Promise<void>;
  /** Held scopes of all tenants that were claimed before `before`, oldest claim first. */
  listHeld(before: Date): AsyncIterable<HeldScope>;
}

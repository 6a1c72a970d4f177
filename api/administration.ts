/**
 * Ports of what operators write: tenants, connector instances, scan scopes with their schedules, stored credentials, suppressions.
 * One implementation stands behind the API, the pages and `sv0 apply`: every check is made there, and every write is audited.
 */
import type { CredentialInput, StoredCredentialStatus } from '../domain/credentials/stored.ts';
import type { FindingRecord } from '../domain/findings/types.ts';
import type { InstanceId, ScopeId, TenantId } from '../domain/ids.ts';
import type { ConnectorInstance, ScanScope, ScopeSchedule, Tenant } from '../domain/tenancy/types.ts';
import type { Versioned } from '../storage/ports/instances.ts';
import type { ApplyFile } from './schemas/apply.ts';

/** A create names its own id, so a repetition cannot make a second row: the same content gives the row that is there. */
export interface Made<T> {
  readonly row: Versioned<T>;
  readonly created: boolean;
}

/** Who edits what: `version` is the one that the edit was based on (null does not ask); a `tenant_hint` is only compared (CRED-05). */
export interface EditOf {
  readonly tenant_hint: TenantId | null;
  readonly version: number | null;
  readonly by: string;
}

export interface NewTenantInput {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly kind: Tenant['kind'];
}

export type TenantEdit = Partial<Pick<Tenant, 'name' | 'status'>>;

export interface TenantAdmin {
  /** @throws InvalidInputError, ConflictError `SLUG_TAKEN`, `TENANT_EXISTS` */
  create(tenant: NewTenantInput, by: string): Promise<Made<Tenant>>;
  /** `offboarded` destroys the tenant's stored credentials and cannot be undone. @throws NotFoundError, ConflictError `STALE_EDIT`, `TENANT_OFFBOARDED` */
  edit(tenant: TenantId, edit: TenantEdit, of: EditOf): Promise<Versioned<Tenant>>;
}

export interface InstanceInput {
  readonly id: InstanceId;
  readonly connector: string;
  readonly name: string;
  readonly source_tenant: string;
  readonly credentials_ref: ConnectorInstance['credentials_ref'];
  readonly config: ConnectorInstance['config'];
}

export type InstanceChange = Partial<Pick<ConnectorInstance, 'name' | 'source_tenant' | 'credentials_ref' | 'config' | 'status'>>;

export interface InstanceAdmin {
  /** @throws InvalidInputError at the field, NotFoundError for the tenant, ConflictError `INSTANCE_EXISTS`, `TENANT_OFFBOARDED` */
  create(tenant: TenantId, instance: InstanceInput, by: string): Promise<Made<ConnectorInstance>>;
  /** @throws InvalidInputError at the field, NotFoundError, ConflictError `STALE_EDIT` */
  edit(instance: InstanceId, edit: InstanceChange, of: EditOf): Promise<Versioned<ConnectorInstance>>;
  /** Takes its stored credential with it. @throws NotFoundError, ConflictError `INSTANCE_IN_USE`, `STALE_EDIT` */
  remove(instance: InstanceId, of: EditOf): Promise<void>;
}

export interface ScopeInput {
  readonly id: ScopeId;
  readonly name: string;
  readonly categories: readonly string[];
  readonly params: ScanScope['params'];
  readonly budget: ScanScope['budget'];
  readonly cooldown_seconds: number;
  readonly schedule: ScopeSchedule | null;
}

export type ScopeChange = Partial<Pick<ScanScope, 'name' | 'categories' | 'params' | 'budget' | 'cooldown_seconds' | 'status'>>;

export interface SchedulePreview {
  /** For people: `At 02:00 AM (Europe/Berlin)`. */
  readonly words: string;
  /** Ascending. */
  readonly next: readonly Date[];
}

export interface ScopeAdmin {
  /** The instance's row decides the tenant. @throws InvalidInputError at the field, NotFoundError, ConflictError `SCOPE_EXISTS` */
  create(instance: InstanceId, scope: ScopeInput, of: Omit<EditOf, 'version'>): Promise<Made<ScanScope>>;
  /** @throws InvalidInputError at the field, NotFoundError, ConflictError `STALE_EDIT` */
  edit(scope: ScopeId, edit: ScopeChange, of: EditOf): Promise<Versioned<ScanScope>>;
  /** Takes its schedule and its part of the graph with it; runs stay. @throws NotFoundError, ConflictError `SCOPE_IN_FLIGHT`, `STALE_EDIT` */
  remove(scope: ScopeId, of: EditOf): Promise<void>;
  /** Null takes the schedule away. @throws InvalidInputError at `schedule.…`, NotFoundError, ConflictError `STALE_EDIT` */
  schedule(scope: ScopeId, schedule: ScopeSchedule | null, of: EditOf): Promise<Versioned<ScanScope>>;
  /** @throws InvalidInputError at `note`, ConflictError `SCOPE_NOT_SCHEDULED` */
  pause(scope: ScopeId, note: string, of: EditOf): Promise<Versioned<ScanScope>>;
  resume(scope: ScopeId, of: EditOf): Promise<Versioned<ScanScope>>;
  /** The schedule's own run, now: a cooldown refuses it. @throws ConflictError `SCOPE_NOT_SCHEDULED` */
  trigger(scope: ScopeId, of: EditOf): Promise<void>;
  /** What a schedule would do, while one types it. `scope` places an interval where that scope's would be. @throws InvalidInputError at `schedule.…` */
  preview(schedule: ScopeSchedule, scope: ScopeId | null): SchedulePreview;
  /** The next times of a stored scope, ascending, with Temporal's own spreading; none while it is paused or without a schedule. */
  nextTimes(scope: ScanScope): Promise<readonly Date[]>;
  /** Over all tenants, in the order of the schedules' ids. */
  drift(): Promise<readonly ScheduleDrift[]>;
  /** Makes Temporal follow the rows. @returns what was put right */
  repair(by: string): Promise<readonly ScheduleDrift[]>;
}

/** `missing`, `unwanted`, `changed` (in what), or `unknown`: a schedule of ours whose scope is not there. */
export interface ScheduleDrift {
  readonly schedule_id: string;
  readonly scope_id: ScopeId | null;
  readonly tenant_id: TenantId | null;
  readonly drift: 'missing' | 'unwanted' | 'changed' | 'unknown';
  readonly differs: readonly string[];
}

/** Stored credentials: values go in, and never come out (API-03). */
export interface CredentialAdmin {
  status(tenant: TenantId, instance: InstanceId): Promise<StoredCredentialStatus>;
  list(tenant: TenantId): Promise<readonly StoredCredentialStatus[]>;
  /** @throws InvalidInputError `INVALID_CREDENTIAL` at `fields.…`, NotFoundError, ConflictError `TENANT_NOT_ACTIVE` */
  put(tenant: TenantId, instance: InstanceId, input: CredentialInput, by: string): Promise<StoredCredentialStatus>;
  /** @throws ConflictError `CREDENTIAL_STATE` unless it is active */
  revoke(tenant: TenantId, instance: InstanceId, by: string): Promise<StoredCredentialStatus>;
  /** @throws ConflictError `CREDENTIAL_STATE` unless it is active or revoked */
  remove(tenant: TenantId, instance: InstanceId, by: string): Promise<StoredCredentialStatus>;
  /** The provider alone serves the connection again. @throws ConflictError `CREDENTIAL_STATE` unless it is revoked or deleted */
  forget(tenant: TenantId, instance: InstanceId, by: string): Promise<StoredCredentialStatus>;
}

export interface FindingAdmin {
  /** @throws InvalidInputError at `reason` or `until`, NotFoundError */
  suppress(tenant: TenantId, finding: string, why: { readonly reason: string; readonly until: Date }, by: string): Promise<FindingRecord>;
  /** @throws NotFoundError */
  unsuppress(tenant: TenantId, finding: string, by: string): Promise<FindingRecord>;
}

export interface Administration {
  readonly tenants: TenantAdmin;
  readonly instances: InstanceAdmin;
  readonly scopes: ScopeAdmin;
  readonly credentials: CredentialAdmin;
  readonly findings: FindingAdmin;
  /**
   * A tenant with its instances and scopes as the file says; writes only what differs, and nothing unless the whole file is right.
   * @returns how many rows were written. @throws InvalidInputError at the field, ConflictError
   */
  apply(file: ApplyFile, by: string): Promise<number>;
}

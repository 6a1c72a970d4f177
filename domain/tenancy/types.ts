/** Tenants, connector instances and scan scopes: the row chain that decides whose credentials a run may use (CRED-05). */
import type { InstanceId, RunId, ScopeId, TenantId } from '../ids.ts';

export interface Tenant {
  readonly _id: TenantId;
  /** `[A-Z0-9]{1,32}`: unique, immutable, never reused; the tenant part of every looked-up credential name. */
  readonly slug: string;
  readonly name: string;
  /** OPS-04: the demo seeder refuses a `real` one. */
  readonly kind: 'demo' | 'real';
  readonly status: 'active' | 'suspended' | 'offboarded';
  readonly created_at: Date;
}

export const CREDENTIAL_PROVIDERS = ['env', 'azure_keyvault', 'aws_secretsmanager', 'store', 'federation', 'op'] as const;
export type CredentialProvider = (typeof CREDENTIAL_PROVIDERS)[number];

/** A pointer to a credential, never its value. `ref` is only the trailing, connector-specific name (`AWS_PRIMARY`). */
export interface CredentialsRef {
  readonly provider: CredentialProvider;
  readonly ref: string;
}

export interface ConnectorInstance {
  readonly _id: InstanceId;
  readonly tenant_id: TenantId;
  /** The connector's kind, a key of the registry: `aws`, `github`. */
  readonly connector: string;
  readonly name: string;
  /** The account, organisation or directory that this instance reads: the `source_tenant` of its entities. */
  readonly source_tenant: string;
  readonly credentials_ref: CredentialsRef;
  /** Not secret: base URL, organisation name and the like, validated by the connector's manifest. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly status: 'active' | 'disabled';
  readonly created_at: Date;
}

export interface InFlight {
  readonly run: RunId;
  readonly workflow_id: string;
}

/** When a scope is scanned by itself (FLOW-04); checked and explained by `domain/tenancy/schedule.ts`. */
export type ScopeSchedule =
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string }
  | { readonly kind: 'interval'; readonly every_seconds: number };

/** Why nothing is started for now, and who said so. */
export interface SchedulePause {
  readonly note: string;
  readonly by: string;
  readonly at: Date;
}

export interface ScanScope {
  readonly _id: ScopeId;
  readonly tenant_id: TenantId;
  /** Null only for `gate` scopes, which read no source. */
  readonly instance_id: InstanceId | null;
  readonly kind: 'scan' | 'ingest' | 'gate';
  readonly name: string;
  readonly categories: readonly string[];
  /** The connector's own parameters (regions, allow-lists), validated by its manifest. Not secret. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly budget: { readonly max_runtime_seconds: number };
  readonly cooldown_seconds: number;
  /** Epoch when there is none: `$lte` never matches null. */
  readonly cooldown_until: Date;
  readonly in_flight: InFlight | null;
  readonly generation: number;
  readonly last_claimed_at: Date | null;
  /** The Temporal schedule whose runs may claim this scope as `scheduled`; null when it has none. */
  readonly schedule_id: string | null;
  /** What is wanted; the Temporal schedule is made from it. */
  readonly schedule: ScopeSchedule | null;
  readonly paused: SchedulePause | null;
  readonly status: 'active' | 'disabled';
  readonly created_at: Date;
}

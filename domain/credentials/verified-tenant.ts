/**
 * The verified tenant (CRED-01, CRED-05): proof that tenant, instance, scope and run were read as one chain of rows of one tenant.
 * Only `storage/mongo/verified-tenants.ts` may import `mint-verified-tenant.ts` (an import rule checks it), and the broker takes nothing else.
 */
import type { InstanceId, RunId, ScopeId, TenantId } from '../ids.ts';
import type { CredentialsRef } from '../tenancy/types.ts';
import { PersistentError } from '../errors.ts';
import { minted } from './minted.ts';

export interface VerifiedRow {
  readonly tenant_id: TenantId;
  readonly tenant_slug: string;
  readonly instance_id: InstanceId;
  /** The connector's kind, from the instance row. */
  readonly connector: string;
  readonly credentials_ref: CredentialsRef;
  /** The account, directory or organisation that the instance reads. */
  readonly source_tenant: string;
  /** What the chain was read for. */
  readonly scope_id: ScopeId | null;
  readonly run_id: RunId | null;
  /** When the run's budget is used up; a check without a run has none. What is minted for it must live that long. */
  readonly deadline_at?: Date;
}

declare const verified: unique symbol;
export type VerifiedTenant = VerifiedRow & { readonly [verified]: true };

/** The type can be cast away; this cannot. @throws PersistentError `TENANT_NOT_VERIFIED` */
export function assertVerified(tenant: VerifiedTenant): void {
  if (!minted.has(tenant)) {
    throw new PersistentError('the tenant was not verified through its rows', { code: 'TENANT_NOT_VERIFIED', actor: 'engineer' });
  }
}

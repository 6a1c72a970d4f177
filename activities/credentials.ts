/** The two seams by which activities come to a credential (CRED-10): the row chain makes the verified tenant, the broker resolves for it. */
import type { VerifiedTenant } from '../domain/credentials/verified-tenant.ts';
import type { RunId, ScopeId } from '../domain/ids.ts';

export interface VerifiedTenants {
  /** @throws NotFoundError unless scope, instance and running run are one chain of one active tenant */
  ofRun(scope: ScopeId, run: RunId): Promise<VerifiedTenant>;
}

/** What activities see of a resolved credential; only `connectors/driver` looks inside. */
export interface ResolvedCredential {
  readonly facts: { readonly provider: string; readonly version: string };
  readonly keyNames: readonly string[];
  reveal(): Readonly<Record<string, string>>;
}

export interface CredentialResolver {
  resolve(tenant: VerifiedTenant, purpose: 'preflight' | 'launch' | 'test'): Promise<ResolvedCredential>;
}

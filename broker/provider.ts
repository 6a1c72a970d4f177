/** What a credential provider is. Adding one is one file in `providers/` and one line where the composition root lists them. */
import type { ConnectorManifest } from '../domain/connectors/manifest.ts';
import type { VerifiedTenant } from '../domain/credentials/verified-tenant.ts';
import type { CredentialProvider as ProviderName } from '../domain/tenancy/types.ts';
import type { BundleFacts } from './bundle.ts';

export interface ProviderRequest {
  /** The tenant part of every lookup comes from here (CRED-03). */
  readonly tenant: VerifiedTenant;
  /** The trailing name only; its grammar was checked. */
  readonly ref: string;
  readonly manifest: ConnectorManifest;
}

export interface ProvidedCredential extends Omit<BundleFacts, 'provider'> {
  readonly variables: Readonly<Record<string, string>>;
}

export interface CredentialProvider {
  readonly name: ProviderName;
  /** Null when nothing is there: the broker refuses, it never looks elsewhere (CRED-06). Other failures are domain errors. */
  provide(request: ProviderRequest): Promise<ProvidedCredential | null>;
}

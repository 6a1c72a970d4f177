/**
 * The only runtime path from an instance's `credentials_ref` to values (CRED-01). Scheduled, retried and manual runs, preflight and
 * launch all come through here (CRED-10), and nothing is returned that was not audited first (CRED-08).
 */
import type { ConnectorManifest } from '../domain/connectors/manifest.ts';
import { assertCredentialsRef } from '../domain/credentials/ref.ts';
import { assertVerified, type VerifiedTenant } from '../domain/credentials/verified-tenant.ts';
import { isDomainError, PersistentError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import { CredentialBundle } from './bundle.ts';
import type { CredentialProvider, ProvidedCredential } from './provider.ts';

export type ResolvePurpose = 'preflight' | 'launch' | 'test';

export interface CredentialBroker {
  /**
   * @throws PersistentError `CREDENTIALS_REQUIRED` when nothing is there, `CREDENTIALS_INCOMPLETE`, `PROVIDER_NOT_CONFIGURED`
   * @throws TransientError when the provider or the audit log cannot be reached
   */
  resolve(tenant: VerifiedTenant, purpose: ResolvePurpose): Promise<CredentialBundle>;
}

/** Insert-only; failing to write refuses the resolve. */
export interface AuditLog {
  append(
    tenant: TenantId,
    entry: {
      readonly action: string;
      readonly outcome: 'attempted' | 'granted' | 'refused';
      readonly actor: string;
      readonly subject: Readonly<Record<string, string | number | readonly string[] | null>>;
    },
  ): Promise<unknown>;
}

export interface BrokerDeps {
  readonly providers: readonly CredentialProvider[];
  readonly audit: AuditLog;
  readonly manifestOf: (connector: string) => ConnectorManifest;
}

export function createCredentialBroker({ providers, audit, manifestOf }: BrokerDeps): CredentialBroker {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));

  return {
    resolve: async (tenant, purpose) => {
      assertVerified(tenant);
      const ref = tenant.credentials_ref;
      assertCredentialsRef(ref);
      const record = (outcome: 'attempted' | 'granted' | 'refused', more: Readonly<Record<string, string | readonly string[]>> = {}) =>
        audit.append(tenant.tenant_id, {
          action: 'credential.resolve',
          outcome,
          actor: tenant.run_id === null ? 'connection-test' : `run:${tenant.run_id}`,
          subject: { instance: tenant.instance_id, connector: tenant.connector, provider: ref.provider, ref: ref.ref, purpose, ...more },
        });

      await record('attempted');
      try {
        const provider = byName.get(ref.provider);
        if (provider === undefined) throw notConfigured(ref.provider);
        const manifest = manifestOf(tenant.connector);
        const provided = await provider.provide({ tenant, ref: ref.ref, manifest });
        const bundle = new CredentialBundle(checked(provided, manifest), {
          provider: ref.provider,
          version: provided?.version ?? 'none',
          expires_at: provided?.expires_at ?? null,
        });
        await record('granted', { key_names: bundle.keyNames, version: bundle.facts.version });
        return bundle;
      } catch (error) {
        await record('refused', { code: isDomainError(error) ? error.code : 'UNEXPECTED' });
        throw error;
      }
    },
  };
}

/** Exactly the declared names, and at least one credential kind complete. */
function checked(provided: ProvidedCredential | null, manifest: ConnectorManifest): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const kind of manifest.credential_kinds) {
    const names = Object.entries(kind.variables);
    if (names.some(([name, { required }]) => required && !provided?.variables[name])) continue;
    for (const [name] of names) {
      const value = provided?.variables[name];
      if (value) variables[name] = value;
    }
  }
  if (Object.keys(variables).length > 0 || !manifest.capabilities.auth.required) return variables;
  if (provided === null) {
    throw new PersistentError('no credential is present for this instance; the customer must provide one', {
      code: 'CREDENTIALS_REQUIRED',
      actor: 'customer',
      subject: manifest.kind,
    });
  }
  throw new PersistentError('the credential is incomplete: a required variable is missing', {
    code: 'CREDENTIALS_INCOMPLETE',
    actor: 'operator',
    expected: manifest.credential_kinds.map((kind) => Object.keys(kind.variables).join(' + ')).join(' or '),
    subject: manifest.kind,
  });
}

const notConfigured = (provider: string): PersistentError =>
  new PersistentError('this credential provider is not configured here', { code: 'PROVIDER_NOT_CONFIGURED', actor: 'operator', subject: provider });

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
import type { RecoveredCredential, StoredCredentialRecovery } from './store/recovery.ts';
import { declarationOf } from '../domain/credentials/stored.ts';

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
      readonly outcome: 'attempted' | 'granted' | 'refused' | 'done';
      readonly actor: string;
      readonly subject: Readonly<Record<string, string | number | readonly string[] | null>>;
    },
  ): Promise<unknown>;
}

export interface BrokerDeps {
  readonly providers: readonly CredentialProvider[];
  readonly audit: AuditLog;
  readonly manifestOf: (connector: string) => ConnectorManifest;
  /** The encrypted store: an active credential of the connection is merged last, whatever its provider (CRED-11). */
  readonly stored?: StoredCredentialRecovery;
}

export function createCredentialBroker({ providers, audit, manifestOf, stored }: BrokerDeps): CredentialBroker {
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
        // First of all: a stored credential that was revoked or cannot be opened refuses the launch before anything else is asked (CRED-12).
        const recovered = provider.name === 'store' ? null : ((await stored?.recover(tenant, manifest)) ?? null);
        const provided = merged(await provider.provide({ tenant, ref: ref.ref, manifest }), recovered, manifest);
        const bundle = new CredentialBundle(checked(provided, manifest), {
          provider: recovered === null ? ref.provider : 'store',
          version: provided?.version ?? 'none',
          expires_at: provided?.expires_at ?? null,
        });
        // Of a merged one: where the version is from, which is not always the provider that the reference names.
        await record('granted', { key_names: bundle.keyNames, provider: bundle.facts.provider, version: bundle.facts.version });
        return bundle;
      } catch (error) {
        await record('refused', { code: isDomainError(error) ? error.code : 'UNEXPECTED' });
        throw error;
      }
    },
  };
}

/**
 * The stored credential over the provider's (CRED-11). It speaks for its whole kind: an optional variable that it leaves out is not filled
 * from elsewhere, or a provider's session token would end up beside stored keys (CRED-06).
 */
function merged(
  provided: ProvidedCredential | null,
  stored: RecoveredCredential | null,
  manifest: ConnectorManifest,
): ProvidedCredential | null {
  if (stored === null) return provided;
  const own = new Set(Object.keys(declarationOf(manifest, stored.kind)?.variables ?? {}));
  const others = Object.entries(provided?.variables ?? {}).filter(([name, value]) => value !== '' && !own.has(name));
  return {
    variables: { ...Object.fromEntries(others), ...stored.variables },
    version: stored.version,
    expires_at: provided?.expires_at ?? null,
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
  // Names of the manifest, never of what was provided.
  const missing = manifest.credential_kinds.map(({ variables: declared }) =>
    Object.entries(declared)
      .filter(([name, { required }]) => required && !provided.variables[name])
      .map(([name]) => name)
      .join(' and '),
  );
  throw new PersistentError(`the credential is incomplete: it lacks ${missing.join(', or ')}`, {
    code: 'CREDENTIALS_INCOMPLETE',
    actor: 'operator',
    expected: manifest.credential_kinds.map((kind) => Object.keys(kind.variables).join(' + ')).join(' or '),
    subject: manifest.kind,
  });
}

const notConfigured = (provider: string): PersistentError =>
  new PersistentError('this credential provider is not configured here', {
    code: 'PROVIDER_NOT_CONFIGURED',
    actor: 'operator',
    subject: provider,
  });

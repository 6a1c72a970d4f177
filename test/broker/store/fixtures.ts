/** A store over a database of its own, with tenants, connections and keys; and rows as an attacker with the database would write them. */
import { randomBytes } from 'node:crypto';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { mintVerifiedTenant } from '../../../domain/credentials/mint-verified-tenant.ts';
import type { VerifiedTenant } from '../../../domain/credentials/verified-tenant.ts';
import { instanceId, runId, scopeId, tenantId } from '../../../domain/ids.ts';
import type { AuditLog } from '../../../broker/credential-broker.ts';
import { createCredentialStore } from '../../../broker/store/credential-store.ts';
import type { KeyEncryptionKeys } from '../../../broker/store/keys.ts';
import { createRecovery } from '../../../broker/store/recovery.ts';
import { seal, unseal } from '../../../broker/store/seal.ts';
import type { Collections } from '../../../storage/collections.ts';
import { createStoredCredentialRepository } from '../../../storage/mongo/credentials.ts';
import { createInstanceRepository } from '../../../storage/mongo/instances.ts';
import { createTenantRepository } from '../../../storage/mongo/tenants.ts';
import { awsManifest } from '../fixtures.ts';

export const NOW = new Date('2030-01-01T00:00:00Z');
export const FIELDS = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'canary-9b1f0c44d2' };

/** Keys in memory: what another implementation of the interface looks like. */
export function memoryKeys(...ids: readonly string[]): KeyEncryptionKeys {
  const keys = new Map(ids.map((id) => [id, randomBytes(32)]));
  return keysOf(keys, ids[0] ?? '');
}

/** The same keys with another one current. */
export function keysOf(
  keys: ReadonlyMap<string, Uint8Array>,
  current: string,
): KeyEncryptionKeys & { readonly keys: ReadonlyMap<string, Uint8Array> } {
  const of = (id: string): Uint8Array => {
    const key = keys.get(id);
    if (key === undefined) throw new Error('no such key');
    return key;
  };
  return {
    keys,
    current,
    wrap: async (key, bound) => seal(of(current), key, bound),
    unwrap: async (id, wrapped, bound) => unseal(of(id), wrapped, bound),
  };
}

export interface Audited {
  readonly tenant: string;
  readonly action: string;
  readonly outcome: string;
  readonly subject: Readonly<Record<string, unknown>>;
}

export function openStore(
  collections: Collections,
  keys: KeyEncryptionKeys,
  options: { manifest?: ConnectorManifest; failAudit?: boolean } = {},
) {
  const records: Audited[] = [];
  const audit: AuditLog = {
    append: (tenant, { action, outcome, subject }) => {
      if (options.failAudit === true) return Promise.reject(new Error('the audit log is away'));
      records.push({ tenant, action, outcome, subject });
      return Promise.resolve();
    },
  };
  const credentials = createStoredCredentialRepository(collections);
  const instances = createInstanceRepository(collections);
  const tenants = createTenantRepository(collections);
  const manifest = options.manifest ?? awsManifest;
  return {
    records,
    credentials,
    tenants,
    store: createCredentialStore({ credentials, instances, tenants, keys, audit, manifestOf: () => manifest, now: () => NOW }),
    recovery: createRecovery({ credentials, keys }),
    /** A tenant with one connection per name. */
    seed: async (tenant: string, ...names: readonly string[]) => {
      await tenants.create({
        _id: tenantId(tenant),
        slug: tenant.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''),
        name: tenant,
        kind: 'demo',
        created_at: NOW,
      });
      for (const name of names) {
        await instances.create(tenantId(tenant), {
          _id: instanceId(name),
          connector: 'aws',
          name,
          source_tenant: '1',
          credentials_ref: { provider: 'store', ref: 'MAIN' },
          config: {},
          status: 'active',
          created_at: NOW,
        });
      }
    },
  };
}

export const chainOf = (tenant: string, instance: string): VerifiedTenant =>
  mintVerifiedTenant({
    tenant_id: tenantId(tenant),
    tenant_slug: tenant.toUpperCase(),
    instance_id: instanceId(instance),
    connector: 'aws',
    credentials_ref: { provider: 'store', ref: 'MAIN' },
    source_tenant: '123456789012',
    scope_id: scopeId('scope-1'),
    run_id: runId('run-1'),
  });

/** The way out of the store: for a verified tenant, which only the row chain makes, and only the broker asks (CRED-01, CRED-12). */
import { variablesOf } from '../../domain/credentials/stored.ts';
import { assertVerified, type VerifiedTenant } from '../../domain/credentials/verified-tenant.ts';
import { isDomainError, PersistentError } from '../../domain/errors.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import type { SealedCredential, StoredCredentialRepository } from '../../storage/ports/credentials.ts';
import type { KeyEncryptionKeys } from './keys.ts';
import { dataBinding, open, wrapBinding } from './seal.ts';

export interface RecoveredCredential {
  /** As declared by the connector for the stored kind; none is empty. */
  readonly variables: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly version: string;
}

export interface StoredCredentialRecovery {
  /**
   * Null when this connection never had one.
   * @throws PersistentError `CREDENTIAL_REVOKED`, `CREDENTIAL_DELETED`, `CREDENTIAL_UNRECOVERABLE`, `CREDENTIAL_KEY_MISSING`, `CREDENTIAL_KIND_MISMATCH`
   */
  recover(tenant: VerifiedTenant, manifest: ConnectorManifest): Promise<RecoveredCredential | null>;
}

export function createRecovery(deps: {
  readonly credentials: Pick<StoredCredentialRepository, 'state' | 'sealed'>;
  readonly keys: KeyEncryptionKeys;
}): StoredCredentialRecovery {
  /** The row that counts. A put between the two reads takes the older row away: then the newer state is read. */
  async function current(
    { tenant_id, instance_id }: Pick<VerifiedTenant, 'tenant_id' | 'instance_id'>,
    seen = 0,
  ): Promise<SealedCredential | null> {
    const state = await deps.credentials.state(tenant_id, instance_id);
    if (state === null || state.state === 'none') return null;
    if (state.state === 'revoked')
      throw gone('CREDENTIAL_REVOKED', 'the stored credential was revoked; the customer must provide a new one');
    if (state.state === 'deleted')
      throw gone('CREDENTIAL_DELETED', 'the stored credential was deleted; the customer must provide a new one');
    const row = await deps.credentials.sealed(tenant_id, instance_id, state.active);
    // Tenant, connection and version are what they must be, not what the row says; the kind is proven by the seal.
    if (row !== null && row.data_key !== null) return { ...row, tenant_id, instance_id, version: state.active };
    if (state.active > seen) return await current({ tenant_id, instance_id }, state.active);
    throw unrecoverable();
  }

  return {
    recover: async (tenant, manifest) => {
      assertVerified(tenant);
      const row = await current(tenant);
      if (row === null) return null;
      const fields = await openFields(deps.keys, row);
      return { variables: variablesOf(manifest, row.kind, fields), kind: row.kind, version: `v${row.version}` };
    },
  };
}

async function openFields(keys: KeyEncryptionKeys, row: SealedCredential): Promise<Readonly<Record<string, string>>> {
  const binding = { tenant: row.tenant_id, connection: row.instance_id, kind: row.kind, version: row.version };
  try {
    if (row.data_key === null) throw unrecoverable();
    const { kek_id, wrapped } = row.data_key;
    const key = await keys.unwrap(kek_id, bytes(wrapped), wrapBinding(binding, kek_id));
    const plain = open(key, bytes(row.nonce), bytes(row.ciphertext), bytes(row.tag), dataBinding(binding));
    return JSON.parse(plain.toString('utf8')) as Readonly<Record<string, string>>;
  } catch (error) {
    // What the cipher or the parser says is not repeated.
    throw isDomainError(error) ? error : unrecoverable();
  }
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

const gone = (code: string, message: string): PersistentError => new PersistentError(message, { code, actor: 'customer' });
const unrecoverable = (): PersistentError =>
  new PersistentError('the stored credential cannot be opened: it is not what was stored for this connection', {
    code: 'CREDENTIAL_UNRECOVERABLE',
    actor: 'operator',
  });

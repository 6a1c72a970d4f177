/** The encrypted store of one installation: the side that fills it, and the way out for the broker. */
import type { AuditLog } from '../../broker/credential-broker.ts';
import { createIntake, type Intake } from '../../broker/intake.ts';
import { createCredentialStore, type CredentialStore } from '../../broker/store/credential-store.ts';
import type { KeyEncryptionKeys } from '../../broker/store/keys.ts';
import { createRecovery, type StoredCredentialRecovery } from '../../broker/store/recovery.ts';
import { type RotationOutcome, rotateKeys } from '../../broker/store/rotate.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { createAudited } from './administration/audited.ts';
import type { Storage } from './storage.ts';

export interface StoredCredentials {
  readonly store: CredentialStore;
  readonly recovery: StoredCredentialRecovery;
  /** Links by which a customer fills it himself. */
  readonly intake: Intake;
  /** Wraps every data key with the current key; resumes where an earlier call died. Audited as the platform's: it is over all tenants. */
  rotate(by: string): Promise<RotationOutcome>;
}

export interface StoredCredentialParts {
  readonly storage: Pick<Storage, 'credentials' | 'instances' | 'tenants' | 'audit' | 'intake'>;
  readonly registry: ConnectorRegistry;
  readonly keys: KeyEncryptionKeys;
  readonly now: () => Date;
}

export function createStoredCredentials({ storage, registry, keys, now }: StoredCredentialParts): StoredCredentials {
  const { credentials, instances, tenants, audit } = storage;
  const shared = {
    instances,
    tenants,
    manifestOf: (connector: string) => registry.get(connector).manifest,
    audit: { append: (tenant, entry) => audit.append(tenant, { ...entry, at: now() }) } satisfies AuditLog,
    now,
  };
  const store = createCredentialStore({ ...shared, credentials, keys });
  return {
    store,
    intake: createIntake({ ...shared, links: storage.intake, store }),
    recovery: createRecovery({ credentials, keys }),
    rotate: (by) =>
      createAudited(audit, now)({ tenant: PLATFORM, action: 'credential.rotate', by, subject: { key: keys.current } }, () =>
        rotateKeys(credentials, keys),
      ),
  };
}

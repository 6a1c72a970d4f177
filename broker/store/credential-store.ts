/**
 * The encrypted per-connection store from the side of those who fill it: values go in and never come out here (API-03). Every change is
 * audited before and after. The way out is `recovery.ts`.
 */
import { checkedCredential, type CredentialInput, type StoredCredentialStatus, type StoredState } from '../../domain/credentials/stored.ts';
import { ConflictError, NotFoundError, PersistentError } from '../../domain/errors.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import type { CredentialState, StoredCredentialRepository } from '../../storage/ports/credentials.ts';
import type { InstanceRepository } from '../../storage/ports/instances.ts';
import type { TenantRepository } from '../../storage/ports/tenants.ts';
import { audited } from '../audited.ts';
import type { AuditLog } from '../credential-broker.ts';
import type { KeyEncryptionKeys } from './keys.ts';
import { dataBinding, newDataKey, seal, wrapBinding } from './seal.ts';

export interface CredentialStore {
  /**
   * Replaces what was there by one write; the new version counts from then on, also after a revocation or a deletion.
   * @param claim asked once the credential is sealed and only its writing is left; when it throws, nothing was written
   * @throws InvalidInputError `INVALID_CREDENTIAL`; NotFoundError for another tenant's instance; ConflictError `TENANT_NOT_ACTIVE`, `CREDENTIAL_SUPERSEDED`
   */
  put(
    tenant: TenantId,
    instance: InstanceId,
    input: CredentialInput,
    actor: string,
    claim?: () => Promise<void>,
  ): Promise<StoredCredentialStatus>;
  status(tenant: TenantId, instance: InstanceId): Promise<StoredCredentialStatus>;
  /** Of one tenant; presence only. */
  list(tenant: TenantId): Promise<readonly StoredCredentialStatus[]>;
  /** Launches are refused from now on; the data key is destroyed. @throws ConflictError `CREDENTIAL_STATE` unless it is active */
  revoke(tenant: TenantId, instance: InstanceId, actor: string): Promise<StoredCredentialStatus>;
  /** As `revoke`, of an active or revoked one. Launches stay refused: nothing falls back because a row is gone (CRED-12). */
  remove(tenant: TenantId, instance: InstanceId, actor: string): Promise<StoredCredentialStatus>;
  /** An operator's decision that the connection shall be served by its provider alone again. @throws ConflictError unless revoked or deleted */
  forget(tenant: TenantId, instance: InstanceId, actor: string): Promise<StoredCredentialStatus>;
  /** Offboarding, after the tenant's status says so: every data key of the tenant is destroyed. How many credentials there were. */
  destroyTenant(tenant: TenantId, actor: string): Promise<number>;
}

export interface CredentialStoreDeps {
  readonly credentials: StoredCredentialRepository;
  readonly instances: Pick<InstanceRepository, 'get'>;
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly manifestOf: (connector: string) => ConnectorManifest;
  readonly keys: KeyEncryptionKeys;
  readonly audit: AuditLog;
  readonly now: () => Date;
}

export function createCredentialStore({
  credentials,
  instances,
  tenants,
  manifestOf,
  keys,
  audit,
  now,
}: CredentialStoreDeps): CredentialStore {
  const recorded = <T>(tenant: TenantId, instance: InstanceId | null, action: string, actor: string, work: () => Promise<T>): Promise<T> =>
    audited(audit, { tenant, action: `credential.${action}`, actor, subject: { instance, provider: 'store' } }, work);

  async function requireActive(tenant: TenantId): Promise<void> {
    const row = await tenants.find(tenant);
    if (row === null) throw new NotFoundError('tenant', tenant);
    if (row.status !== 'active')
      throw new ConflictError('the tenant is not active', { code: 'TENANT_NOT_ACTIVE', actor: 'operator', subject: tenant });
  }

  async function store(
    tenant: TenantId,
    instance: InstanceId,
    { kind, fields }: CredentialInput,
    claim: () => Promise<void>,
  ): Promise<void> {
    const version = await credentials.issueVersion(tenant, instance, now());
    const binding = { tenant, connection: instance, kind, version };
    const key = newDataKey();
    const sealed = seal(key, Buffer.from(JSON.stringify(fields)), dataBinding(binding));
    const wrapped = await keys.wrap(key, wrapBinding(binding, keys.current));
    await claim();
    const inserted = await credentials.insert({
      tenant_id: tenant,
      instance_id: instance,
      version,
      kind,
      nonce: base64(sealed.subarray(0, 12)),
      ciphertext: base64(sealed.subarray(12, -16)),
      tag: base64(sealed.subarray(-16)),
      data_key: { kek_id: keys.current, wrapped: base64(wrapped) },
    });
    const change = { version, kind, field_names: Object.keys(fields).sort(), now: now() };
    if (!inserted || !(await credentials.activate(tenant, instance, change))) {
      throw new ConflictError('the credential was put, or taken back, by someone else at the same time', {
        code: 'CREDENTIAL_SUPERSEDED',
        actor: 'operator',
        subject: instance,
      });
    }
  }

  async function status(tenant: TenantId, instance: InstanceId): Promise<StoredCredentialStatus> {
    await instances.get(tenant, instance);
    return statusOf(tenant, instance, await credentials.state(tenant, instance));
  }

  async function move(
    tenant: TenantId,
    instance: InstanceId,
    from: readonly StoredState[],
    to: StoredState,
  ): Promise<StoredCredentialStatus> {
    await instances.get(tenant, instance);
    const moved = await credentials.move(tenant, instance, from, to, now());
    if (moved === null) {
      throw new ConflictError('the stored credential is not in a state that allows this', {
        code: 'CREDENTIAL_STATE',
        actor: 'operator',
        expected: from.join(' or '),
        subject: instance,
      });
    }
    return statusOf(tenant, instance, moved);
  }

  return {
    put: (tenant, instance, input, actor, claim = async () => undefined) =>
      recorded(tenant, instance, 'put', actor, async () => {
        await requireActive(tenant);
        const { connector } = await instances.get(tenant, instance);
        await store(tenant, instance, checkedCredential(manifestOf(connector), input), claim);
        // An offboarding that came between has destroyed the keys that it saw: this one is ours to destroy.
        await requireActive(tenant).catch(async (error: unknown) => {
          await credentials.destroyTenant(tenant, now());
          throw error;
        });
        return await status(tenant, instance);
      }),
    status,
    list: async (tenant) => (await credentials.listStates(tenant)).map((state) => statusOf(tenant, state.instance_id, state)),
    revoke: (tenant, instance, actor) => recorded(tenant, instance, 'revoke', actor, () => move(tenant, instance, ['active'], 'revoked')),
    remove: (tenant, instance, actor) =>
      recorded(tenant, instance, 'delete', actor, () => move(tenant, instance, ['active', 'revoked'], 'deleted')),
    forget: (tenant, instance, actor) =>
      recorded(tenant, instance, 'forget', actor, () => move(tenant, instance, ['revoked', 'deleted'], 'none')),
    destroyTenant: (tenant, actor) =>
      recorded(tenant, null, 'destroy', actor, async () => {
        if ((await tenants.find(tenant))?.status === 'active') {
          throw new PersistentError('the tenant is still active: offboard it first', {
            code: 'TENANT_STILL_ACTIVE',
            actor: 'operator',
            subject: tenant,
          });
        }
        return await credentials.destroyTenant(tenant, now());
      }),
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function statusOf(tenant_id: TenantId, instance_id: InstanceId, state: CredentialState | null): StoredCredentialStatus {
  const active = state?.state === 'active';
  return {
    tenant_id,
    instance_id,
    state: state?.state ?? 'none',
    kind: active ? state.kind : null,
    version: active ? state.active : 0,
    field_names: active ? state.field_names : [],
    changed_at: state?.changed_at ?? null,
  };
}

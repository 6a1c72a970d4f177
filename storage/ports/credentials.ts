import type { StoredState } from '../../domain/credentials/stored.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';

/** A credential as it lies in the database; bytes in base64. Nothing in it opens without the key-encryption key. */
export interface SealedCredential {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  readonly version: number;
  readonly kind: string;
  readonly nonce: string;
  readonly ciphertext: string;
  readonly tag: string;
  /** The data key, wrapped; null once it was destroyed. */
  readonly data_key: { readonly kek_id: string; readonly wrapped: string } | null;
}

/** The state of a connection's credential, outside the sealed row: versions never go back, also over deletions. */
export interface CredentialState {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  /** The last version given out. */
  readonly issued: number;
  /** The version that counts while the state is active; no version up to this one can count any more. 0 before the first. */
  readonly active: number;
  readonly state: StoredState;
  readonly kind: string | null;
  readonly field_names: readonly string[];
  readonly changed_at: Date;
}

export interface StoredCredentialRepository {
  state(tenant: TenantId, instance: InstanceId): Promise<CredentialState | null>;
  /** Of one tenant, in the order of the instances. */
  listStates(tenant: TenantId): Promise<readonly CredentialState[]>;
  sealed(tenant: TenantId, instance: InstanceId, version: number): Promise<SealedCredential | null>;
  /** 1, 2, 3 …, with a hole when a caller dies. Nothing else changes by it. */
  issueVersion(tenant: TenantId, instance: InstanceId, now: Date): Promise<number>;
  /** The row counts for nothing until `activate`. False when its version is taken: a server gave one number to two who asked at once. */
  insert(row: SealedCredential): Promise<boolean>;
  /** One write makes the version the one that counts; false when a newer one is, or was. Rows of older versions go. */
  activate(
    tenant: TenantId,
    instance: InstanceId,
    change: { readonly version: number; readonly kind: string; readonly field_names: readonly string[]; readonly now: Date },
  ): Promise<boolean>;
  /**
   * From one of `from` to `to`; null when it was in another state. Unless `to` is `active` the sealed rows go, those of puts under way
   * included: what was issued before can no longer be activated.
   */
  move(tenant: TenantId, instance: InstanceId, from: readonly StoredState[], to: StoredState, now: Date): Promise<CredentialState | null>;
  /** Destroys the data keys of a whole tenant, then its rows; how many connections had an active or revoked credential. */
  destroyTenant(tenant: TenantId, now: Date): Promise<number>;
  /** Of every tenant: rows whose data key is wrapped with another key than this. For rotation. */
  listWrappedOtherwise(kekId: string): AsyncIterable<SealedCredential>;
  /** Compare-and-set on the wrapped key. */
  rewrap(row: SealedCredential, next: { readonly kek_id: string; readonly wrapped: string }): Promise<boolean>;
}

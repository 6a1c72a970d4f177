import type { TenantId } from '../../domain/ids.ts';
import type { AuditDoc } from '../collections.ts';

export interface AuditEntry {
  /** Default: now, by the repository's clock. */
  readonly at?: Date;
  readonly action: string;
  readonly outcome: AuditDoc['outcome'];
  readonly actor: string;
  /** Names, ids and versions; never a value. */
  readonly subject: AuditDoc['subject'];
}

/** A record as it was noted outside of the database: what shows that a whole chain was written anew. */
export interface AuditAnchor {
  readonly seq: number;
  readonly hash: string;
}

export type AuditVerdict =
  /** `head` is the last record, null when there is none. */
  | { readonly intact: true; readonly records: number; readonly head: AuditAnchor | null }
  /** `seq` is the first record that is wrong. */
  | { readonly intact: false; readonly seq: number; readonly problem: 'missing' | 'changed' | 'unlinked' };

/** Insert-only and hash-chained per tenant (CRED-08). */
export interface AuditRepository {
  /** Resolves only when the record is stored. */
  append(tenant: TenantId, entry: AuditEntry): Promise<AuditDoc>;
  /** Walks the chain: cut, changed or reordered records are found; with an anchor also a chain that was written anew from before it. */
  verify(tenant: TenantId, anchor?: AuditAnchor): Promise<AuditVerdict>;
  /** Newest first; `limit` is 1 to 1,000, 100 when left out. */
  list(
    tenant: TenantId,
    page?: { readonly action?: string; readonly before_seq?: number; readonly limit?: number },
  ): Promise<readonly AuditDoc[]>;
}

export interface TenantStateRepository {
  /** 1, 2, 3 …: increasing per tenant, with a hole when a caller dies. */
  nextPass(tenant: TenantId): Promise<number>;
  /** The last number given; 0 before the first. */
  currentPass(tenant: TenantId): Promise<number>;
}

import type { FindingContent, FindingStatus, Suppression } from '../../domain/findings/types.ts';
import type { TenantId } from '../../domain/ids.ts';

/** A finding as it is kept. */
export type FindingRecord = FindingContent & {
  readonly status: FindingStatus;
  /** What the pass `changed_pass` did to it. */
  readonly change: 'created' | 'updated' | 'resolved' | 'reopened';
  readonly content_hash: string;
  readonly pass: number;
  readonly changed_pass: number;
  readonly opened_at: Date;
  readonly resolved_at: Date | null;
  readonly reopened_at: Date | null;
  readonly last_seen_at: Date;
  readonly suppression: Suppression | null;
};

export interface FindingWrites {
  /** Written whole, but for `suppression`, which belongs to people. */
  readonly changed: readonly FindingRecord[];
  /** Seen again without change: only `pass` and `last_seen_at` move. */
  readonly touched: readonly string[];
}

export interface FindingCounts {
  readonly created: number;
  readonly updated: number;
  readonly resolved: number;
  readonly reopened: number;
}

export interface FindingRepository {
  /** Every finding of the tenant, resolved ones too, in id order. */
  loadAll(tenant: TenantId): Promise<readonly FindingRecord[]>;
  /** Fenced by pass. Counts are read from the records that this pass changed. @throws FencedError */
  apply(tenant: TenantId, writes: FindingWrites, pass: { readonly pass: number; readonly now: Date }): Promise<FindingCounts>;
  /** @throws NotFoundError also for another tenant's */
  get(tenant: TenantId, finding: string): Promise<FindingRecord>;
  list(
    tenant: TenantId,
    filter?: { readonly status?: FindingStatus; readonly rule_id?: string; readonly changed_pass?: number; readonly after?: string; readonly limit?: number },
  ): Promise<readonly FindingRecord[]>;
  /** Null ends the suppression. @throws NotFoundError */
  suppress(tenant: TenantId, finding: string, suppression: Suppression | null): Promise<FindingRecord>;
}

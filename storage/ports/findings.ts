import type { FindingRecord, FindingStatus, Suppression } from '../../domain/findings/types.ts';
import type { TenantId } from '../../domain/ids.ts';

export type { FindingRecord };

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

export interface FindingFilter {
  readonly status?: FindingStatus;
  readonly rule_id?: string;
  readonly changed_pass?: number;
  /** Ids above this one. */
  readonly after?: string;
  /** Default 100, at most 1000. */
  readonly limit?: number;
}

export interface FindingRepository {
  /** Every finding of the tenant, resolved ones too, in id order. */
  loadAll(tenant: TenantId): Promise<readonly FindingRecord[]>;
  /** In id order. */
  loadOpen(tenant: TenantId): Promise<readonly FindingRecord[]>;
  /** Fenced by pass. Counts are read from the records that this pass changed (RUN-05): a repeated stage gives the same. @throws FencedError */
  apply(tenant: TenantId, writes: FindingWrites, pass: { readonly pass: number; readonly now: Date }): Promise<FindingCounts>;
  /** @throws NotFoundError also for another tenant's */
  get(tenant: TenantId, finding: string): Promise<FindingRecord>;
  /** In id order. */
  list(tenant: TenantId, filter?: FindingFilter): Promise<readonly FindingRecord[]>;
  /** Null ends the suppression. @throws NotFoundError */
  suppress(tenant: TenantId, finding: string, suppression: Suppression | null): Promise<FindingRecord>;
}

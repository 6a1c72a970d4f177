import type { ExecutionChain } from '../../domain/chains/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { StitchedPath, UnresolvedJoin } from '../../domain/stitching/types.ts';
import type { DerivedStamp } from '../collections.ts';

/** The derived collections; a new one is added here and in the repository's table. */
export interface DerivedRecords {
  readonly chains: ExecutionChain;
  readonly paths: StitchedPath;
  readonly unresolved: UnresolvedJoin;
}
export type DerivedKind = keyof DerivedRecords;

export interface DerivedPass {
  readonly pass: number;
  readonly builder_version: string;
  readonly graph_revision: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Read from the records that this pass changed: a repeated stage gives the same numbers (RUN-05). `created + changed` is the cell's count. */
export interface DerivedCounts {
  readonly created: number;
  readonly changed: number;
  readonly retired: number;
  readonly unchanged: number;
}

export interface DerivedRepository {
  /** Upserts by content hash, retires what is not in `records`. @throws FencedError when a later pass has written */
  replaceAll<K extends DerivedKind>(
    tenant: TenantId,
    kind: K,
    records: readonly DerivedRecords[K][],
    pass: DerivedPass,
  ): Promise<DerivedCounts>;
  /** Live records in id order. */
  loadAll<K extends DerivedKind>(tenant: TenantId, kind: K): Promise<readonly DerivedRecords[K][]>;
  /** With their stamps, retired ones too; in id order; ids that are not there are left out. */
  getMany<K extends DerivedKind>(tenant: TenantId, kind: K, ids: readonly string[]): Promise<readonly (DerivedRecords[K] & DerivedStamp)[]>;
  /** Live records per version of the code that built them (GATE-06), versions in order. */
  countByBuilder(tenant: TenantId, kind: DerivedKind): Promise<readonly { readonly builder_version: string; readonly count: number }[]>;
}

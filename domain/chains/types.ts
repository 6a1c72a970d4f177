/** Execution chains (DATA-06): trigger → workload → (calls)* → connection → credential → identity → role or permission → resource. */
import type { EdgeId, EntityId, JoinKey } from '../graph/types.ts';

/** One end of a segment. An open end names the join keys by which another source could continue it. */
export interface ChainEnd {
  readonly entity: EntityId;
  readonly open: boolean;
  readonly join_keys: readonly JoinKey[];
}

export interface ExecutionChain {
  /** `digestOf([anchor, edge ids in order])`. */
  readonly id: string;
  /** The entity that the walk began at: the head. */
  readonly anchor: EntityId;
  /** Entities in the order of authority, head first; one more than `edges`. */
  readonly nodes: readonly EntityId[];
  /** Edges in the same order, each in the direction that authority flows, whatever way its arrow points. */
  readonly edges: readonly EdgeId[];
  readonly source_system: string;
  readonly source_tenant: string;
  readonly head: ChainEnd;
  readonly tail: ChainEnd;
  /** True when a bound cut the walk here; `limit` then names the bound (`depth`, `chains_per_anchor`). Never cut silently. */
  readonly truncated: boolean;
  readonly limit: string | null;
}

export interface ChainBuild {
  readonly chains: readonly ExecutionChain[];
  /** Anchors at which `chains_per_anchor` cut the enumeration. */
  readonly truncated_anchors: readonly EntityId[];
}

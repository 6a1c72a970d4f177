/** Execution chains (DATA-06): trigger → workload → (calls)* → connection → credential → identity → role or permission → resource. */
import type { EdgeId, EntityId, JoinKey } from '../graph/types.ts';

/**
 * One end of a segment. An open end names the join keys by which another source could continue it; it names none where it is open
 * because the source knows nothing further, a bound cut the walk, or authority crosses into another tenant of the same system.
 */
export interface ChainEnd {
  readonly entity: EntityId;
  readonly open: boolean;
  readonly join_keys: readonly JoinKey[];
}

export interface ExecutionChain {
  /** `digestOf([anchor, [edge ids in order]])`. */
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
  /**
   * True when a bound cut this chain (`limit` is `depth`) or left out others that begin at the same anchor (`chains_per_anchor`,
   * `chains_per_tenant`). Never cut silently.
   */
  readonly truncated: boolean;
  readonly limit: string | null;
}

export interface ChainBuild {
  readonly chains: readonly ExecutionChain[];
  /** Anchors that have more chains than are listed, by id. */
  readonly truncated_anchors: readonly EntityId[];
}

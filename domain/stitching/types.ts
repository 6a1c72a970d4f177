/** Stitched paths (DATA-07): segments of different sources joined by the exact keys of declared rules. */
import type { EntityId } from '../graph/types.ts';

/** What of one side a join rests on, so that the join can be walked back to source rows. */
export interface JoinSide {
  readonly entity: EntityId;
  readonly key: string;
  readonly value: string;
}

export interface Join {
  /** The join rule's id: `role_arn`, `github_oidc_to_aws`. */
  readonly rule: string;
  readonly left: JoinSide;
  readonly right: JoinSide;
}

export interface StitchedPath {
  /** `digestOf([[segment ids in order], [joins in order]])`. */
  readonly id: string;
  /** Execution chain ids, in the order of authority; two or more. */
  readonly segments: readonly string[];
  /** One fewer than `segments`. */
  readonly joins: readonly Join[];
  /** Source systems in the order in which the path first enters them, each once. */
  readonly systems: readonly string[];
  /** All entities along the path, head first. */
  readonly nodes: readonly EntityId[];
  readonly head: EntityId;
  readonly tail: EntityId;
  /** `complete` when both outer ends are closed. */
  readonly completeness: 'complete' | 'open_head' | 'open_tail' | 'open';
  /** True when a segment of it is truncated, when a bound cut this path, or when one left out others that begin with the same segment. */
  readonly truncated: boolean;
}

/**
 * A key that met no single answer, or one that cannot be decided: kept as a record, never guessed. `side` is the open tail for `ambiguous`
 * and `no_match`, and the trusting head for `undecidable` (an unclear trust is one record, whoever asks).
 */
export interface UnresolvedJoin {
  /** `digestOf([rule, side, reason, [all candidates, sorted]])`. */
  readonly id: string;
  readonly rule: string;
  readonly side: JoinSide;
  readonly reason: 'ambiguous' | 'undecidable' | 'no_match';
  /** What is on the other side, sorted; the first hundred. None when the key does not have its declared form. */
  readonly candidates: readonly EntityId[];
  /** How many there are. */
  readonly candidate_count: number;
}

export interface StitchBuild {
  readonly paths: readonly StitchedPath[];
  readonly unresolved: readonly UnresolvedJoin[];
  /** True when a bound of stitching left out a path or a join. */
  readonly truncated: boolean;
}

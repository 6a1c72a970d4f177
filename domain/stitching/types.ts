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
  /** `digestOf([segment ids in order, joins in order])`. */
  readonly id: string;
  /** Execution chain ids, in the order of authority; two or more. */
  readonly segments: readonly string[];
  /** One fewer than `segments`. */
  readonly joins: readonly Join[];
  readonly systems: readonly string[];
  /** All entities along the path, head first. */
  readonly nodes: readonly EntityId[];
  readonly head: EntityId;
  readonly tail: EntityId;
  /** `complete` when both outer ends are closed. */
  readonly completeness: 'complete' | 'open_head' | 'open_tail' | 'open';
  readonly truncated: boolean;
}

/** A key that met no single answer, or one that cannot be decided: kept as a record, never guessed. */
export interface UnresolvedJoin {
  /** `digestOf([rule, side, value, candidates])`. */
  readonly id: string;
  readonly rule: string;
  readonly side: JoinSide;
  readonly reason: 'ambiguous' | 'undecidable' | 'no_match';
  readonly candidates: readonly EntityId[];
}

export interface StitchBuild {
  readonly paths: readonly StitchedPath[];
  readonly unresolved: readonly UnresolvedJoin[];
  readonly truncated: boolean;
}

/** Join rules (DATA-07): one file each. A rule is asked once per key of an open tail and answers from an index over the open heads. */
import type { GraphIndex } from '../../graph/graph-index.ts';
import type { Entity, EntityId } from '../../graph/types.ts';
import type { JoinSide } from '../types.ts';

/** A join key and the entity that carries it. */
export interface KeyedEntity {
  readonly entity: Entity;
  readonly side: JoinSide;
}

export interface JoinAnswer {
  /** Heads that the tail surely meets. */
  readonly matches: readonly KeyedEntity[];
  /** Heads that it would meet if a condition held that cannot be decided. */
  readonly undecidable: readonly KeyedEntity[];
  /** Why there is no match where one was to be expected. */
  readonly unresolved: { readonly reason: 'ambiguous' | 'no_match'; readonly candidates: readonly EntityId[] } | null;
  /** True when there are more matches than are given. */
  readonly more: boolean;
}

export interface PreparedRule {
  answer(left: KeyedEntity): JoinAnswer;
  /** Keys on the right that do not have the form that `keys.ts` says. */
  readonly unreadable: readonly KeyedEntity[];
}

export interface JoinRule {
  /** On every join; never changes its meaning. */
  readonly id: string;
  /** Its line in docs: domain.md's numbering. */
  readonly number: number;
  readonly meaning: string;
  /** The key of the open tail, the side that authority comes from. */
  readonly left: string;
  /** The key of the open head, the side that authority enters. */
  readonly right: string;
  /** `heads`: every entity with a right key of this rule, by entity id and value. */
  prepare(heads: readonly KeyedEntity[], graph: GraphIndex): PreparedRule;
}

export const NOTHING: JoinAnswer = { matches: [], undecidable: [], unresolved: null, more: false };

/** The most heads that one key of one tail is joined to. What is left out is said by `more`. */
export const JOINS_PER_KEY = 256;

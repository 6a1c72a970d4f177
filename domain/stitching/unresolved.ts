/** Collects what could not be joined, one record per side and reason, so that a thousand callers of one unclear trust are one record. */
import { digestOf } from '../canonical.ts';
import { compare } from '../graph/index-arrays.ts';
import type { EntityId } from '../graph/types.ts';
import { CANDIDATES_NAMED } from './limits.ts';
import type { JoinAnswer, KeyedEntity } from './rules/types.ts';
import type { JoinSide, UnresolvedJoin } from './types.ts';

interface Collected {
  readonly rule: string;
  readonly side: JoinSide;
  readonly reason: UnresolvedJoin['reason'];
  readonly candidates: Set<EntityId>;
}

export interface UnresolvedRecords {
  /** A tail whose key met no single answer. */
  unresolved(rule: string, left: KeyedEntity, answer: NonNullable<JoinAnswer['unresolved']>): void;
  /** A trust that would take a token of this tail if a condition held that cannot be decided. */
  undecidable(rule: string, head: KeyedEntity, left: KeyedEntity): void;
  /** A key that does not have its declared form, so that nothing can be said of it. */
  unreadable(rule: string, head: KeyedEntity): void;
  /** By id. */
  list(): readonly UnresolvedJoin[];
}

export function unresolvedRecords(): UnresolvedRecords {
  const collected = new Map<string, Collected>();
  const at = (rule: string, side: JoinSide, reason: Collected['reason']): Set<EntityId> => {
    const key = `${rule} ${reason} ${side.entity} ${side.value}`;
    let found = collected.get(key);
    if (found === undefined) collected.set(key, (found = { rule, side, reason, candidates: new Set() }));
    return found.candidates;
  };
  return {
    unresolved(rule, left, { reason, candidates }) {
      const all = at(rule, left.side, reason);
      for (const candidate of candidates) all.add(candidate);
    },
    undecidable: (rule, head, left) => void at(rule, head.side, 'undecidable').add(left.entity.id),
    unreadable: (rule, head) => void at(rule, head.side, 'undecidable'),
    list: () => [...collected.values()].map(record).sort((a, b) => compare(a.id, b.id)),
  };
}

function record({ rule, side, reason, candidates }: Collected): UnresolvedJoin {
  const all = [...candidates].sort(compare);
  return {
    id: digestOf([rule, side, reason, all]),
    rule,
    side,
    reason,
    candidates: all.slice(0, CANDIDATES_NAMED),
    candidate_count: all.length,
  };
}

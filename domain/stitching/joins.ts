/** Which open tail meets which open head, by the declared rules alone (DATA-07). */
import type { GraphIndex } from '../graph/graph-index.ts';
import { compare, item } from '../graph/index-arrays.ts';
import type { Entity } from '../graph/types.ts';
import { JOIN_RULES } from './rules/index.ts';
import type { JoinRule, KeyedEntity, PreparedRule } from './rules/types.ts';
import { keysOf } from './sides.ts';
import { unresolvedRecords } from './unresolved.ts';
import type { Join, UnresolvedJoin } from './types.ts';

/** A join as the path walk uses it: `right` is the ordinal of the entity whose segments are entered. */
export interface TailJoin {
  readonly join: Join;
  readonly right: number;
}

export interface JoinTable {
  /** By the ordinal of the tail, in the order of rules, then of right entities. Tails that meet nothing are absent. */
  readonly byTail: ReadonlyMap<number, readonly TailJoin[]>;
  readonly unresolved: readonly UnresolvedJoin[];
  /** Ordinals of tails that meet more heads than are joined. */
  readonly truncated: ReadonlySet<number>;
}

/** `tails` and `heads` are ordinals, ascending, each once: the open ends of the chains. */
export function joinTails(graph: GraphIndex, tails: readonly number[], heads: readonly number[], rules = JOIN_RULES): JoinTable {
  const carriers = (ordinals: readonly number[], key: string): readonly KeyedEntity[] =>
    ordinals.flatMap((ordinal) => keyed(item(graph.entities, ordinal), key));
  const byTail = new Map<number, TailJoin[]>();
  const truncated = new Set<number>();
  const records = unresolvedRecords();

  for (const rule of rules) {
    const prepared = rule.prepare(carriers(heads, rule.right), graph);
    for (const head of prepared.unreadable) records.unreadable(rule.id, head);
    for (const tail of tails) {
      const entity = item(graph.entities, tail);
      const found = joinsOf(rule, prepared, keyed(entity, rule.left), records);
      if (found.more) truncated.add(tail);
      if (found.joins.length === 0) continue;
      const list = byTail.get(tail) ?? [];
      for (const join of found.joins) list.push({ join, right: graph.ordinal(join.right.entity) });
      byTail.set(tail, list);
    }
  }
  return { byTail, unresolved: records.list(), truncated };
}

/** One join per right entity, though several keys of the two may meet: it is the same way in. */
function joinsOf(rule: JoinRule, prepared: PreparedRule, lefts: readonly KeyedEntity[], records: ReturnType<typeof unresolvedRecords>) {
  const joins = new Map<string, Join>();
  let more = false;
  for (const left of lefts) {
    const answer = prepared.answer(left);
    more ||= answer.more;
    if (answer.unresolved !== null) records.unresolved(rule.id, left, answer.unresolved);
    for (const head of answer.undecidable) if (differs(left.entity, head.entity)) records.undecidable(rule.id, head, left);
    const matches = [...answer.matches].sort((a, b) => compare(a.side.entity, b.side.entity) || compare(a.side.value, b.side.value));
    for (const head of matches) {
      if (joins.has(head.side.entity) || !differs(left.entity, head.entity)) continue;
      joins.set(head.side.entity, { rule: rule.id, left: left.side, right: head.side });
    }
  }
  return { joins: [...joins.values()].sort((a, b) => compare(a.right.entity, b.right.entity)), more };
}

/** A join is between sources; within one, an edge says what leads where. */
const differs = (a: Entity, b: Entity): boolean => a.source_system !== b.source_system || a.source_tenant !== b.source_tenant;

const keyed = (entity: Entity, key: string): KeyedEntity[] =>
  keysOf(entity.join_keys, new Set([key])).map(({ k, v }) => ({ entity, side: { entity: entity.id, key: k, value: v } }));

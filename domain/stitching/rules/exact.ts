/** Rules whose two keys have the same value: a look-up. */
import { type JoinAnswer, JOINS_PER_KEY, type KeyedEntity, NOTHING } from './types.ts';

export type ExactLookup = (value: string) => readonly KeyedEntity[];

export function exactLookup(heads: readonly KeyedEntity[]): ExactLookup {
  const byValue = new Map<string, KeyedEntity[]>();
  for (const head of heads) {
    const list = byValue.get(head.side.value);
    if (list === undefined) byValue.set(head.side.value, [head]);
    else list.push(head);
  }
  return (value) => byValue.get(value) ?? [];
}

/** For keys that name one thing: two that carry it are a contradiction that nobody may resolve by guessing. */
export function onlyOne(found: readonly KeyedEntity[]): JoinAnswer {
  if (found.length < 2) return every(found);
  return { ...NOTHING, unresolved: { reason: 'ambiguous', candidates: found.map((head) => head.entity.id) } };
}

/** For keys that many may rightly carry. */
export function every(found: readonly KeyedEntity[]): JoinAnswer {
  return found.length === 0 ? NOTHING : { ...NOTHING, matches: found.slice(0, JOINS_PER_KEY), more: found.length > JOINS_PER_KEY };
}

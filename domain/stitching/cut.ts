/**
 * What the bounds of chain building and stitching may have left out. A pass finds only the ways that were built: of one that was not, it says
 * nothing, and what was found by it before is then not gone.
 */
import { stepTable } from '../chains/steps.ts';
import type { ExecutionChain } from '../chains/types.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, item } from '../graph/index-arrays.ts';
import type { Entity, EntityId } from '../graph/types.ts';
import { joinTails, type JoinTable } from './joins.ts';
import { looksPerStart, type StitchLimits, stitchLimits } from './limits.ts';
import { entries, segmentsOf, withoutEndings } from './segments.ts';
import { LEFT_KEYS, RIGHT_KEYS } from './sides.ts';
import type { StitchedPath } from './types.ts';
import { joinsFrom, pathWalker } from './walk.ts';

export interface CutWays {
  /** True when a way through `from` to `to` may exist that a bound cut off: always said when there is one, sometimes when there is none. */
  mayLead(from: EntityId, to: EntityId): boolean;
}

/** Steps looked at for all questions together; after them every answer is that it may. */
const MOST_STEPS = 20_000_000;
const NOWHERE: CutWays = { mayLead: () => false };

/** `isBlocked`: nothing goes through such an entity. Linear in the graph for a question with a new `from`; nothing where nothing was cut. */
export function cutWays(
  graph: GraphIndex,
  chains: readonly ExecutionChain[],
  paths: readonly StitchedPath[],
  isBlocked: (entity: Entity) => boolean,
  limits: StitchLimits = stitchLimits(graph.entities.length),
): CutWays {
  const joins = joinTails(graph, carriers(graph, LEFT_KEYS), carriers(graph, RIGHT_KEYS));
  const full = paths.length >= limits.pathsPerTenant;
  const starts = full ? [] : cutStarts(graph, chains, paths, joins, limits);
  if (!full && starts.length === 0) return NOWHERE;
  const walk = authorityWalk(graph, joins, isBlocked);
  const cut = full ? null : walk(starts);
  let last: { readonly from: number; readonly reached: Reached } | null = null;
  return {
    mayLead(fromId, toId) {
      const from = graph.ordinal(fromId);
      const to = graph.ordinal(toId);
      if (from < 0 || to < 0 || (cut !== null && !cut.has(from))) return false;
      if (last?.from !== from) last = { from, reached: walk([from]) };
      return last.reached.has(to);
    },
  };
}

/** Ordinals where a way begins of which something was left out: it says so itself, or no path shows where it leads because the looks were spent. */
function cutStarts(
  graph: GraphIndex,
  chains: readonly ExecutionChain[],
  paths: readonly StitchedPath[],
  { byTail }: JoinTable,
  limits: StitchLimits,
): readonly number[] {
  const starts = new Set<EntityId>();
  for (const chain of chains) if (chain.truncated) starts.add(chain.anchor);
  for (const path of paths) if (path.truncated) starts.add(path.head);

  const segments = segmentsOf(graph, chains);
  const leading = segments.filter((segment) => joinsFrom(byTail, segment).length > 0);
  const shown = new Set(paths.flatMap((path) => path.segments.slice(0, -1)));
  const walk = pathWalker({ entityCount: graph.entities.length, byTail, byHead: entries(segments, byTail), depth: limits.segments });
  const looks = looksPerStart(limits, leading.length);
  for (const segment of withoutEndings(leading))
    if (!shown.has(segment.chain.id) && walk(segment, looks, () => false) === 'spent') starts.add(segment.chain.anchor);
  return [...starts].map((id) => graph.ordinal(id)).filter((ordinal) => ordinal >= 0);
}

interface Reached {
  has(ordinal: number): boolean;
}

const EVERYTHING: Reached = { has: () => true };

/** Everything that authority gets to from some entities, within sources and across joins, themselves included unless blocked. */
function authorityWalk(graph: GraphIndex, joins: JoinTable, isBlocked: (entity: Entity) => boolean): (from: readonly number[]) => Reached {
  const table = stepTable(graph);
  const blocked = Uint8Array.from(graph.entities, (entity) => (isBlocked(entity) ? 1 : 0));
  let left = MOST_STEPS;
  return (from) => {
    const reached = new Uint8Array(table.count);
    const waiting: number[] = [];
    const arrive = (node: number): void => {
      if (at(reached, node) === 1 || at(blocked, node) === 1) return;
      reached[node] = 1;
      waiting.push(node);
    };
    for (const node of from) arrive(node);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      // More heads than a tail is joined to: where it leads is not known.
      if (joins.truncated.has(node) || left <= 0) return EVERYTHING;
      for (let slot = at(table.offsets, node); slot < at(table.offsets, node + 1); slot += 1) arrive(at(table.targets, slot));
      const across = joins.byTail.get(node) ?? [];
      for (const { right } of across) arrive(right);
      left -= 1 + at(table.offsets, node + 1) - at(table.offsets, node) + across.length;
    }
    return { has: (ordinal) => at(reached, ordinal) === 1 };
  };
}

const carriers = (graph: GraphIndex, side: ReadonlySet<string>): readonly number[] =>
  graph.entities.flatMap((_, ordinal) => (item(graph.entities, ordinal).join_keys.some((key) => side.has(key.k)) ? [ordinal] : []));

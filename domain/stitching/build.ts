/** Stitched paths of a tenant (DATA-07): the same graph and chains give the same bytes, whatever the order of their rows. */
import { digestOf } from '../canonical.ts';
import { fairShare } from '../chains/fair-share.ts';
import type { ExecutionChain } from '../chains/types.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { compare, item } from '../graph/index-arrays.ts';
import { joinTails, type JoinTable, type TailJoin } from './joins.ts';
import { looksPerStart, type StitchLimits, stitchLimits } from './limits.ts';
import { entries, openEnds, type Segment, segmentsOf, withoutEndings } from './segments.ts';
import type { StitchBuild, StitchedPath } from './types.ts';
import { joinsFrom, type PathWalk, pathWalker } from './walk.ts';

/** Paths and unresolved joins, by id. `chains` are those of the same graph. */
export function stitchPaths(
  graph: GraphIndex,
  chains: readonly ExecutionChain[],
  limits: StitchLimits = stitchLimits(graph.entities.length),
): StitchBuild {
  const segments = segmentsOf(graph, chains);
  const table = joinTails(graph, openEnds(segments, 'tail'), openEnds(segments, 'head'));
  const byHead = entries(segments, table.byTail);
  const walk = pathWalker({ entityCount: graph.entities.length, byTail: table.byTail, byHead, depth: limits.segments });
  const leading = segments.filter((segment) => joinsFrom(table.byTail, segment).length > 0);
  const collector = pathCollector(walk, table, limits, looksPerStart(limits, leading.length));

  const entered = new Set([...table.byTail.values()].flatMap((joins) => joins.map((join) => join.right)));
  const starts = withoutEndings(leading);
  collector.begin(
    starts.filter((segment) => !entered.has(segment.head)),
    limits.pathsPerStart,
  );
  // What leads on and is on no path yet belongs to a ring, which has no first segment, or was cut from every path that leads to it:
  // then one path shows where it leads.
  const most = collector.truncated() ? 1 : limits.pathsPerStart;
  for (const segment of starts) if (!collector.leadsOn(segment)) collector.begin([segment], most);

  const paths = collector.paths.sort((a, b) => compare(a.id, b.id));
  return { paths, unresolved: table.unresolved, truncated: collector.truncated() || table.truncated.size > 0 };
}

interface PathCollector {
  readonly paths: StitchedPath[];
  /** `most`: paths that one start may begin. */
  begin(starts: readonly Segment[], most: number): void;
  /** True once a path goes on from this segment to another. */
  leadsOn(segment: Segment): boolean;
  truncated(): boolean;
}

function pathCollector(walk: PathWalk, table: JoinTable, limits: StitchLimits, looks: number): PathCollector {
  const paths: StitchedPath[] = [];
  const leadingOn = new Set<Segment>();
  let truncated = false;

  const take = (start: Segment, share: number, others: boolean): void => {
    let taken = 0;
    walk(start, looks, (segments, joins, cut) => {
      const incomplete = cut || segments.some((segment) => segment.chain.truncated || table.truncated.has(segment.tail));
      paths.push(record(segments, joins, others || incomplete));
      if (cut) truncated = true;
      for (const segment of segments.slice(0, -1)) leadingOn.add(segment);
      taken += 1;
      return taken < share;
    });
  };

  return {
    paths,
    begin(starts, most) {
      const room = limits.pathsPerTenant - paths.length;
      if (room <= 0) {
        truncated ||= starts.length > 0;
        return;
      }
      // Counted first, because the share of each start depends on all.
      const counts = starts.map((start) => countPaths(walk, start, looks, most));
      const share = fairShare(
        counts.map((count) => count.paths),
        most,
        room,
      );
      for (let n = 0; n < starts.length; n += 1) {
        const count = item(counts, n);
        const others = count.spent || count.paths > share;
        if (others) truncated = true;
        if (count.paths > 0) take(item(starts, n), share, others);
      }
    },
    leadsOn: (segment) => leadingOn.has(segment),
    truncated: () => truncated,
  };
}

/** How many paths begin with this segment; `most + 1` when there are more than `most`. */
function countPaths(walk: PathWalk, start: Segment, looks: number, most: number): { readonly paths: number; readonly spent: boolean } {
  let paths = 0;
  const outcome = walk(start, looks, () => {
    paths += 1;
    return paths <= most;
  });
  return { paths, spent: outcome === 'spent' };
}

function record(segments: readonly Segment[], via: readonly TailJoin[], truncated: boolean): StitchedPath {
  const first = item(segments, 0).chain;
  const last = item(segments, segments.length - 1).chain;
  const ids = segments.map((segment) => segment.chain.id);
  const joins = via.map((one) => one.join);
  return {
    id: digestOf([ids, joins]),
    segments: ids,
    joins,
    systems: [...new Set(segments.map((segment) => segment.chain.source_system))],
    nodes: segments.flatMap((segment) => segment.chain.nodes),
    head: first.head.entity,
    tail: last.tail.entity,
    completeness: completeness(first.head.open, last.tail.open),
    truncated,
  };
}

function completeness(head: boolean, tail: boolean): StitchedPath['completeness'] {
  if (head) return tail ? 'open' : 'open_head';
  return tail ? 'open_tail' : 'complete';
}

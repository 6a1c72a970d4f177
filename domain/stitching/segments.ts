/** The chains that take part in stitching, as the path walk uses them. */
import type { ExecutionChain } from '../chains/types.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { compare, item } from '../graph/index-arrays.ts';
import type { TailJoin } from './joins.ts';

export interface Segment {
  readonly chain: ExecutionChain;
  /** Ordinals, head first. */
  readonly nodes: readonly number[];
  readonly head: number;
  readonly tail: number;
}

/** In id order, each chain once. A chain of another graph (an entity of it is gone) is left out: its joins could not be walked back. */
export function segmentsOf(graph: GraphIndex, chains: readonly ExecutionChain[]): readonly Segment[] {
  const segments: Segment[] = [];
  const ordered = [...chains].sort((a, b) => compare(a.id, b.id));
  for (let n = 0; n < ordered.length; n += 1) {
    const chain = item(ordered, n);
    if (n > 0 && chain.id === item(ordered, n - 1).id) continue;
    const nodes = chain.nodes.map((id) => graph.ordinal(id));
    const [head] = nodes;
    const tail = nodes.at(-1);
    if (head === undefined || tail === undefined || nodes.includes(-1)) continue;
    segments.push({ chain, nodes, head, tail });
  }
  return segments;
}

/** Ordinals of the open ends, ascending, each once. */
export function openEnds(segments: readonly Segment[], side: 'head' | 'tail'): readonly number[] {
  const open = new Set<number>();
  for (const segment of segments) if (segment.chain[side].open && segment.chain[side].join_keys.length > 0) open.add(segment[side]);
  return [...open].sort((a, b) => a - b);
}

/**
 * Segments by the entity that they are entered at. Those that lead on come first, so that a bound cuts dead ends before ways on; one that
 * leads on nowhere and is only the beginning of another segment is left out, because that other one says all that it says.
 */
export function entries(
  segments: readonly Segment[],
  byTail: ReadonlyMap<number, readonly TailJoin[]>,
): ReadonlyMap<number, readonly Segment[]> {
  const byHead = new Map<number, Segment[]>();
  for (const segment of segments) {
    if (!segment.chain.head.open) continue;
    const list = byHead.get(segment.head);
    if (list === undefined) byHead.set(segment.head, [segment]);
    else list.push(segment);
  }
  const entered = new Map<number, readonly Segment[]>();
  for (const [head, list] of byHead) {
    const onward = list.filter((segment) => byTail.has(segment.tail) && segment.chain.tail.open);
    const others = list.filter((segment) => !(byTail.has(segment.tail) && segment.chain.tail.open));
    entered.set(head, [...onward, ...withoutBeginnings(others, list)]);
  }
  return entered;
}

function withoutBeginnings(some: readonly Segment[], all: readonly Segment[]): readonly Segment[] {
  const beginnings = beginningsAmong(all, (segment) => segment.chain.edges);
  return beginnings.size === 0 ? some : some.filter((segment) => !beginnings.has(segment));
}

/**
 * Segments without those that are only the end of another one here: of a segment that begins at an entity which can be entered, the
 * longer one that comes through that entity says all, and a path from the former would be a part of a path from the latter.
 */
export function withoutEndings(segments: readonly Segment[]): readonly Segment[] {
  const byTail = new Map<number, Segment[]>();
  for (const segment of segments) {
    const list = byTail.get(segment.tail);
    if (list === undefined) byTail.set(segment.tail, [segment]);
    else list.push(segment);
  }
  const endings = new Set<Segment>();
  for (const list of byTail.values())
    for (const ending of beginningsAmong(list, (one) => one.chain.edges.toReversed())) endings.add(ending);
  return segments.filter((segment) => !endings.has(segment));
}

/** Those whose edges are the beginning of another's; all have one end in common. Sorted, what begins with them comes right after them. */
function beginningsAmong(segments: readonly Segment[], edgesOf: (segment: Segment) => readonly string[]): ReadonlySet<Segment> {
  const found = new Set<Segment>();
  if (segments.length < 2) return found;
  const ordered = segments.map((segment) => ({ segment, edges: edgesOf(segment) })).sort((a, b) => compareEdges(a.edges, b.edges));
  for (let n = 1; n < ordered.length; n += 1) {
    const before = item(ordered, n - 1);
    const { edges } = item(ordered, n);
    if (before.edges.length < edges.length && before.edges.every((edge, at) => edge === edges[at])) found.add(before.segment);
  }
  return found;
}

function compareEdges(a: readonly string[], b: readonly string[]): number {
  for (let n = 0; n < a.length && n < b.length; n += 1) {
    const order = compare(item(a, n), item(b, n));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

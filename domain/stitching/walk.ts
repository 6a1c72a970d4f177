/** Every path of segments from one start, depth first in a fixed order, without recursion. */
import { item } from '../graph/index-arrays.ts';
import type { TailJoin } from './joins.ts';
import type { Segment } from './segments.ts';

export interface SegmentGraph {
  readonly entityCount: number;
  readonly byTail: ReadonlyMap<number, readonly TailJoin[]>;
  readonly byHead: ReadonlyMap<number, readonly Segment[]>;
  /** Segments in a path. */
  readonly depth: number;
}

/** Both lists are overwritten after the call. `cut`: the depth bound ended the path. Returning false ends the walk. */
export type PathVisitor = (segments: readonly Segment[], joins: readonly TailJoin[], cut: boolean) => boolean;

/** `spent`: `looks` continuations were looked at and some were left. */
export type PathWalk = (start: Segment, looks: number, visit: PathVisitor) => 'complete' | 'stopped' | 'spent';

/** Where a segment leads on: nowhere when its tail is closed. */
export const joinsFrom = (byTail: ReadonlyMap<number, readonly TailJoin[]>, segment: Segment): readonly TailJoin[] =>
  segment.chain.tail.open ? (byTail.get(segment.tail) ?? []) : [];

interface Frame {
  readonly segment: Segment;
  readonly joins: readonly TailJoin[];
  join: number;
  entry: number;
  moved: boolean;
}

/** Paths of two segments or more that nothing continues. No entity, and so no segment, is twice in a path. */
export function pathWalker({ entityCount, byTail, byHead, depth }: SegmentGraph): PathWalk {
  const onPath = new Uint8Array(entityCount);
  const mark = (segment: Segment, value: 0 | 1): void => {
    for (const node of segment.nodes) onPath[node] = value;
  };

  return (start, looks, visit) => {
    const frames: Frame[] = [];
    const segments: Segment[] = [];
    const via: TailJoin[] = [];
    let left = looks;
    let outcome: ReturnType<PathWalk> = 'complete';

    const enter = (segment: Segment): void => {
      mark(segment, 1);
      segments.push(segment);
      frames.push({ segment, joins: joinsFrom(byTail, segment), join: 0, entry: 0, moved: false });
    };
    /** The next segment that can follow, if there is one. */
    const next = (frame: Frame): Segment | 'spent' | undefined => {
      for (; frame.join < frame.joins.length; frame.join += 1, frame.entry = 0) {
        const candidates = byHead.get(item(frame.joins, frame.join).right) ?? [];
        while (frame.entry < candidates.length) {
          if (left === 0) return 'spent';
          left -= 1;
          const candidate = item(candidates, frame.entry);
          frame.entry += 1;
          if (candidate.nodes.every((node) => onPath[node] === 0)) return candidate;
        }
      }
      return undefined;
    };

    enter(start);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const following = next(frame);
      if (following === 'spent') {
        outcome = 'spent';
        break;
      }
      if (following !== undefined && frames.length < depth) {
        frame.moved = true;
        via.push(item(frame.joins, frame.join));
        enter(following);
        continue;
      }
      if (!frame.moved && segments.length > 1 && !visit(segments, via, following !== undefined)) {
        outcome = 'stopped';
        break;
      }
      frames.pop();
      segments.pop();
      via.pop();
      mark(frame.segment, 0);
    }
    for (const segment of segments) mark(segment, 0);
    return outcome;
  };
}

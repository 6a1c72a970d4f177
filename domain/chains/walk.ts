/** Every chain from one anchor, depth first in the order of edge ids, without recursion. */
import { at } from '../graph/index-arrays.ts';
import { BY_KEY, type StepTable } from './steps.ts';

/**
 * One chain: `path[0] … path[length - 1]` are slots of the step table (overwritten after the call). `cut`: the depth bound ended it.
 * Returning false ends the walk.
 */
export type ChainVisitor = (path: Int32Array, length: number, cut: boolean) => boolean;

/** True when every chain was visited, false when the visitor ended the walk. */
export type Walk = (anchor: number, visit: ChainVisitor) => boolean;

/**
 * Chains are maximal: no chain is the beginning of another, but for the one that ends where another source could go on. No entity is
 * twice in a chain. Each visit costs at most depth² looks, because only entities of the path itself are looked at in vain.
 */
export function walker(table: StepTable, depth: number): Walk {
  const onPath = new Uint8Array(table.count);
  const nodes = new Int32Array(depth + 1);
  const cursor = new Int32Array(depth + 1);
  const moved = new Uint8Array(depth + 1);
  const path = new Int32Array(depth);

  const nextFree = (node: number, from: number): number => {
    const end = at(table.offsets, node + 1);
    let slot = from;
    while (slot < end && at(onPath, at(table.targets, slot)) === 1) slot += 1;
    return slot < end ? slot : -1;
  };

  /** An entity alone is a chain only if a key leads on from it or, where nothing follows, into it. */
  const leaves = (node: number, level: number): boolean => at(table.leaves, node) === BY_KEY || (level > 0 && at(table.leaves, node) > 0);

  return (anchor, visit) => {
    let level = -1;
    const arrive = (node: number): boolean => {
      level += 1;
      nodes[level] = node;
      onPath[node] = 1;
      cursor[level] = at(table.offsets, node);
      moved[level] = 0;
      if (!leaves(node, level)) return true;
      return visit(path, level, level === depth && nextFree(node, at(cursor, level)) >= 0);
    };

    let going = arrive(anchor);
    while (going && level >= 0) {
      const node = at(nodes, level);
      const slot = nextFree(node, at(cursor, level));
      if (slot >= 0 && level < depth) {
        const to = at(table.targets, slot);
        cursor[level] = slot + 1;
        moved[level] = 1;
        path[level] = slot;
        going = at(table.ends, slot) === 1 || at(table.stops, to) === 1 ? visit(path, level + 1, false) : arrive(to);
        continue;
      }
      // Where another source could go on, `arrive` has said so already.
      const ends = at(moved, level) === 0 && !leaves(node, level);
      if (ends && (level > 0 || at(table.enterable, node) === BY_KEY)) going = visit(path, level, slot >= 0);
      onPath[node] = 0;
      level -= 1;
    }
    for (; level >= 0; level -= 1) onPath[at(nodes, level)] = 0;
    return going;
  };
}

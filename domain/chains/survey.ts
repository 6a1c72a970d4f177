/**
 * What an anchor with too many chains can reach: one shortest chain to each end, those that another source could continue first.
 * The bound then cuts alternatives before it cuts ends, and a hundred buckets never hide the one way out into another system.
 */
import { at } from '../graph/index-arrays.ts';
import { BY_KEY, type StepTable } from './steps.ts';

/** Slots of the step table from the anchor on, and whether the depth bound ended it. */
export interface FoundChain {
  readonly slots: readonly number[];
  readonly cut: boolean;
}

/** `budget`: steps that are looked at. */
export type Survey = (anchor: number, budget: number) => readonly FoundChain[];

export function surveyor(table: StepTable, depth: number): Survey {
  const seenBy = new Int32Array(table.count).fill(-1);
  const endedBy = new Int32Array(table.count).fill(-1);
  const cameBy = new Int32Array(table.count);
  const levelOf = new Int32Array(table.count);

  return (anchor, budget) => {
    const open: FoundChain[] = [];
    const crossing: FoundChain[] = [];
    const closed: FoundChain[] = [];
    const pathTo = (node: number): number[] => {
      const slots: number[] = [];
      for (let back = node; back !== anchor; back = at(table.sources, at(cameBy, back))) slots.push(at(cameBy, back));
      return slots.reverse();
    };
    const goesOn = (node: number, slots: readonly number[]): boolean => {
      const path = new Set([anchor, ...slots.map((slot) => at(table.targets, slot))]);
      return table.targets.subarray(at(table.offsets, node), at(table.offsets, node + 1)).some((to) => !path.has(to));
    };
    const end = (slot: number): void => {
      const to = at(table.targets, slot);
      if (at(endedBy, to) === anchor) return;
      const slots = pathTo(at(table.sources, slot));
      if (slots.some((earlier) => at(table.targets, earlier) === to)) return;
      endedBy[to] = anchor;
      closed.push({ slots: [...slots, slot], cut: false });
    };

    seenBy[anchor] = anchor;
    levelOf[anchor] = 0;
    const waiting = [anchor];
    let looked = 0;
    for (let n = 0; n < waiting.length && looked < budget; n += 1) {
      const node = waiting[n] as number;
      const last = at(table.offsets, node + 1);
      const dead = at(table.offsets, node) === last;
      const deep = at(levelOf, node) === depth;
      const leaves = at(table.leaves, node);
      if (leaves === BY_KEY || (leaves > 0 && node !== anchor)) {
        const slots = pathTo(node);
        (leaves === BY_KEY ? open : crossing).push({ slots, cut: deep && goesOn(node, slots) });
      } else if (dead && node !== anchor) closed.push({ slots: pathTo(node), cut: false });
      if (deep) continue;
      for (let slot = at(table.offsets, node); slot < last && looked < budget; slot += 1) {
        looked += 1;
        const to = at(table.targets, slot);
        if (at(table.ends, slot) === 1 || at(table.stops, to) === 1) {
          if (to !== anchor) end(slot);
        } else if (at(seenBy, to) !== anchor) {
          seenBy[to] = anchor;
          cameBy[to] = slot;
          levelOf[to] = at(levelOf, node) + 1;
          waiting.push(to);
        }
      }
    }
    return [...open, ...crossing, ...closed];
  };
}

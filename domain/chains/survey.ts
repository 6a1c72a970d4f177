/**
 * What an anchor with too many chains can reach: one shortest chain to each end, those that another source could continue first.
 * The bound then cuts alternatives before it cuts ends, and a hundred buckets never hide the one way out into another system.
 */
import { at } from '../graph/index-arrays.ts';
import type { StepTable } from './steps.ts';

/** Slots of the step table, from the anchor on. */
export type Survey = (anchor: number, budget: number) => readonly (readonly number[])[];

export function surveyor(table: StepTable, depth: number): Survey {
  const seenBy = new Int32Array(table.count).fill(-1);
  const endedBy = new Int32Array(table.count).fill(-1);
  const cameBy = new Int32Array(table.count);
  const levelOf = new Int32Array(table.count);

  return (anchor, budget) => {
    const open: number[][] = [];
    const closed: number[][] = [];
    const pathTo = (node: number): number[] => {
      const slots: number[] = [];
      for (let back = node; back !== anchor; back = at(table.sources, at(cameBy, back))) slots.push(at(cameBy, back));
      return slots.reverse();
    };
    const end = (slot: number): void => {
      const to = at(table.targets, slot);
      if (at(endedBy, to) === anchor) return;
      endedBy[to] = anchor;
      closed.push([...pathTo(at(table.sources, slot)), slot]);
    };

    seenBy[anchor] = anchor;
    levelOf[anchor] = 0;
    const waiting = [anchor];
    let looked = 0;
    for (let n = 0; n < waiting.length && looked < budget; n += 1) {
      const node = waiting[n] as number;
      const last = at(table.offsets, node + 1);
      const dead = at(table.offsets, node) === last;
      // At the depth bound it takes the walk to tell whether anything was cut.
      if (at(levelOf, node) === depth && !dead) continue;
      if (at(table.leaves, node) === 1) open.push(pathTo(node));
      else if (dead && node !== anchor) closed.push(pathTo(node));
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
    return [...open, ...closed];
  };
}

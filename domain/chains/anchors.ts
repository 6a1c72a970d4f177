/** Where chains begin. */
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, item } from '../graph/index-arrays.ts';
import type { Entity } from '../graph/types.ts';
import type { StepTable } from './steps.ts';

/**
 * Ordinals, ascending, of: what starts an automation; every entity at which another source can come in (a stitched path enters a
 * segment only at its head); and whatever acts but is not reached from anything in its own source. A ring that nothing leads into
 * has no beginning: its smallest id stands for it.
 */
export function anchorsOf(graph: GraphIndex, table: StepTable): readonly number[] {
  const isAnchor = new Uint8Array(table.count);
  const reached = new Uint8Array(table.count);
  for (let n = 0; n < table.count; n += 1) {
    const entity = item(graph.entities, n);
    if (!beginsChain(graph, table, entity, n)) continue;
    isAnchor[n] = 1;
    markReach(table, n, reached);
  }
  for (let n = 0; n < table.count; n += 1) {
    if (at(reached, n) === 1 || !acts(item(graph.entities, n)) || !goesSomewhere(table, n)) continue;
    isAnchor[n] = 1;
    markReach(table, n, reached);
  }
  const anchors: number[] = [];
  for (let n = 0; n < table.count; n += 1) if (at(isAnchor, n) === 1) anchors.push(n);
  return anchors;
}

function beginsChain(graph: GraphIndex, table: StepTable, entity: Entity, ordinal: number): boolean {
  if (entity.type === 'permission') return false;
  if (entity.type === 'resource') return startsWorkload(graph, table, ordinal);
  if (at(table.enterable, ordinal) === 1) return true;
  return acts(entity) && at(table.entered, ordinal) === 0 && goesSomewhere(table, ordinal);
}

const acts = ({ type }: Entity): boolean => type === 'workload' || type === 'identity' || type === 'credential' || type === 'connection';

const goesSomewhere = (table: StepTable, ordinal: number): boolean =>
  at(table.offsets, ordinal + 1) > at(table.offsets, ordinal) || at(table.leaves, ordinal) === 1;

/** An event source, or any resource that a workload says starts it: a bucket whose notifications call a function. */
function startsWorkload(graph: GraphIndex, table: StepTable, ordinal: number): boolean {
  for (let slot = at(table.offsets, ordinal); slot < at(table.offsets, ordinal + 1); slot += 1) {
    if (item(graph.edges, at(table.edges, slot)).type === 'TRIGGERED_BY') return true;
  }
  return false;
}

function markReach(table: StepTable, from: number, reached: Uint8Array): void {
  if (at(reached, from) === 1) return;
  reached[from] = 1;
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (let slot = at(table.offsets, node); slot < at(table.offsets, node + 1); slot += 1) {
      const to = at(table.targets, slot);
      if (at(table.ends, slot) === 1 || at(reached, to) === 1) continue;
      reached[to] = 1;
      if (at(table.stops, to) === 0) waiting.push(to);
    }
  }
}

/** Where chains begin. */
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, item } from '../graph/index-arrays.ts';
import type { Entity, JoinKey } from '../graph/types.ts';
import { wantedKeys } from '../stitching/sides.ts';
import { BY_KEY, BY_STEP, type StepTable } from './steps.ts';

/**
 * Ordinals, ascending, of: what starts an automation; whatever acts but is not reached from anything in its own source; and every entity at
 * which another source can come in, because a stitched path enters a segment only at its head. Of the last, one that its own source leads
 * to counts only if some key of the graph asks for it: every AWS role has an ARN, and few are named from outside. A ring that nothing leads
 * into has no beginning: its smallest id stands for it. A group of people alone is nobody's automation, and begins nothing.
 */
export function anchorsOf(graph: GraphIndex, table: StepTable): readonly number[] {
  const isAnchor = new Uint8Array(table.count);
  const reached = new Uint8Array(table.count);
  const wanted = wantedKeys(graph.entities);
  for (let n = 0; n < table.count; n += 1) {
    const entity = item(graph.entities, n);
    const begins = beginsChain(graph, table, entity, n, wanted);
    if (begins) isAnchor[n] = 1;
    if (begins || at(table.peopled, n) === 1) markReach(table, n, reached);
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

function beginsChain(graph: GraphIndex, table: StepTable, entity: Entity, ordinal: number, wanted: (key: JoinKey) => boolean): boolean {
  if (entity.type === 'permission') return false;
  if (entity.type === 'resource') return startsWorkload(graph, table, ordinal);
  if (at(table.entered, ordinal) === 1) return entity.join_keys.some(wanted);
  if (at(table.enterable, ordinal) === BY_KEY) return true;
  const led = acts(entity) && at(table.peopled, ordinal) === 0;
  return (led || at(table.enterable, ordinal) === BY_STEP) && goesSomewhere(table, ordinal);
}

const acts = ({ type }: Entity): boolean => type === 'workload' || type === 'identity' || type === 'credential' || type === 'connection';

const goesSomewhere = (table: StepTable, ordinal: number): boolean =>
  at(table.offsets, ordinal + 1) > at(table.offsets, ordinal) || at(table.leaves, ordinal) === BY_KEY;

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

/** The graph as the chain builder walks it: steps of authority within one source, and where a walk has to stop. */
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, item } from '../graph/index-arrays.ts';
import type { Entity } from '../graph/types.ts';
import { LEFT_KEYS, RIGHT_KEYS } from '../stitching/sides.ts';

export interface StepTable {
  readonly count: number;
  /** Steps out of entity `i`: slots `offsets[i] … offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  readonly sources: Int32Array;
  readonly targets: Int32Array;
  /** Index into `GraphIndex.edges`. */
  readonly edges: Int32Array;
  /** 1 where the step only reaches its target and does not act as it. */
  readonly ends: Uint8Array;
  /** 1 where a chain ends when it gets there. */
  readonly stops: Uint8Array;
  /** Where another source could go on: `BY_KEY`, `BY_STEP` (authority crosses into another tenant of the system), or 0. */
  readonly leaves: Uint8Array;
  /** Where another source could come in: `BY_KEY`, `BY_STEP`, or 0. */
  readonly enterable: Uint8Array;
  /** 1 where a link of a chain leads in from the same source. */
  readonly entered: Uint8Array;
  /** 1 where a person does. */
  readonly peopled: Uint8Array;
}

export const BY_STEP = 1;
export const BY_KEY = 2;

export const isEventSource = (entity: Entity): boolean => entity.type === 'resource' && entity.subtype === 'event_source';

/**
 * People are not links of a chain, evidence is not either, and a statement that denies confers nothing. A cloud's own service principal
 * (`lambda.amazonaws.com`) acts for whoever set it up: the link is the workload that runs as the role, not the service that many roles
 * trust.
 */
function isLink(entity: Entity): boolean {
  if (entity.type === 'owner' || entity.type === 'execution_evidence' || entity.subtype === 'aws_service') return false;
  const effect = entity.type === 'permission' ? entity.props['effect'] : undefined;
  return typeof effect !== 'string' || effect.toLowerCase() !== 'deny';
}

export function stepTable(graph: GraphIndex): StepTable {
  const { entities, edges, authority } = graph;
  const count = entities.length;
  const source = sourceNumbers(entities);
  const link = new Uint8Array(count);
  const stops = new Uint8Array(count);
  const leaves = new Uint8Array(count);
  const enterable = new Uint8Array(count);
  const entered = new Uint8Array(count);
  const peopled = new Uint8Array(count);
  for (let n = 0; n < count; n += 1) {
    const entity = item(entities, n);
    if (!isLink(entity)) continue;
    link[n] = 1;
    if (entity.type === 'resource' && !isEventSource(entity)) stops[n] = 1;
    for (const key of entity.join_keys) {
      if (LEFT_KEYS.has(key.k)) leaves[n] = BY_KEY;
      if (RIGHT_KEYS.has(key.k)) enterable[n] = BY_KEY;
    }
  }

  const most = authority.targets.length;
  const offsets = new Int32Array(count + 1);
  const sources = new Int32Array(most);
  const targets = new Int32Array(most);
  const stepEdges = new Int32Array(most);
  const ends = new Uint8Array(most);
  // Of parallel edges one stands for the hop: a chain is an order of entities, or two edges at each of twelve hops would make 4096 of one.
  const slotOf = new Int32Array(count).fill(-1);
  let next = 0;
  for (let from = 0; from < count; from += 1) {
    offsets[from] = next;
    for (let step = at(authority.offsets, from); step < at(authority.offsets, from + 1); step += 1) {
      const to = at(authority.targets, step);
      if (to === from || at(link, to) === 0) continue;
      const edge = at(authority.edges, step);
      const { type } = item(edges, edge);
      // A workflow is in its repository as a file is in a folder: a resource hands nothing down to its members.
      if (type === 'MEMBER_OF' && item(entities, to).type === 'resource') continue;
      if (at(source, from) !== at(source, to)) {
        if (at(link, from) === 1 && at(leaves, from) === 0) leaves[from] = BY_STEP;
        if (at(enterable, to) === 0) enterable[to] = BY_STEP;
        continue;
      }
      if (at(link, from) === 0) {
        if (item(entities, from).type === 'owner') peopled[to] = 1;
        continue;
      }
      entered[to] = 1;
      const end = type === 'APPLIES_TO' ? 1 : 0;
      const known = at(slotOf, to);
      if (known >= at(offsets, from)) {
        // Acting as the target says more than reaching it.
        if (at(ends, known) === 1 && end === 0) {
          ends[known] = 0;
          stepEdges[known] = edge;
        }
        continue;
      }
      slotOf[to] = next;
      sources[next] = from;
      targets[next] = to;
      stepEdges[next] = edge;
      ends[next] = end;
      next += 1;
    }
  }
  offsets[count] = next;
  return { count, offsets, sources, targets, edges: stepEdges, ends, stops, leaves, enterable, entered, peopled };
}

/** One number per (source system, source tenant): a segment stays within one. */
function sourceNumbers(entities: readonly Entity[]): Int32Array {
  const numbers = new Map<string, Map<string, number>>();
  let next = 0;
  const found = new Int32Array(entities.length);
  for (let n = 0; n < entities.length; n += 1) {
    const entity = item(entities, n);
    let tenants = numbers.get(entity.source_system);
    if (tenants === undefined) numbers.set(entity.source_system, (tenants = new Map()));
    let number = tenants.get(entity.source_tenant);
    if (number === undefined) tenants.set(entity.source_tenant, (number = next++));
    found[n] = number;
  }
  return found;
}

/** What is said of the two ends of a chain. */
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, item } from '../graph/index-arrays.ts';
import type { EdgeType } from '../graph/types.ts';
import { keysOf, LEFT_KEYS, RIGHT_KEYS } from '../stitching/sides.ts';
import { isEventSource, type StepTable } from './steps.ts';
import type { ChainEnd } from './types.ts';

/** Who gets a role or a permission by one of these has an effect in hand, even if nothing says on what. */
const CONFERS: ReadonlySet<EdgeType> = new Set(['APPLIES_TO', 'HAS_ROLE', 'GRANTS']);

export interface ChainEnds {
  /** Open where another source can come in. Closed: what it begins with is where its own source says that it begins. */
  head(anchor: number): ChainEnd;
  /**
   * Closed at a resource, a permission, a role that is held, or whatever a permission applies to. Open at an entity that another
   * source could continue, and, naming no keys, where the source knows nothing further or a bound cut the chain.
   */
  tail(anchor: number, lastSlot: number | undefined, cut: boolean): ChainEnd;
}

export function chainEnds(graph: GraphIndex, table: StepTable): ChainEnds {
  const openTail = once((ordinal) => {
    const entity = item(graph.entities, ordinal);
    return { entity: entity.id, open: true, join_keys: keysOf(entity.join_keys, LEFT_KEYS) };
  });
  const head = once((ordinal) => {
    const entity = item(graph.entities, ordinal);
    return { entity: entity.id, open: at(table.enterable, ordinal) > 0, join_keys: keysOf(entity.join_keys, RIGHT_KEYS) };
  });
  return {
    head,
    tail(anchor, lastSlot, cut) {
      if (lastSlot === undefined) return openTail(anchor);
      const ordinal = at(table.targets, lastSlot);
      const entity = item(graph.entities, ordinal);
      const closed: ChainEnd = { entity: entity.id, open: false, join_keys: [] };
      if (at(table.ends, lastSlot) === 1 || (entity.type === 'resource' && !isEventSource(entity))) return closed;
      if (cut || at(table.leaves, ordinal) > 0) return openTail(ordinal);
      if (entity.type === 'permission') return closed;
      return entity.type === 'role' && CONFERS.has(item(graph.edges, at(table.edges, lastSlot)).type) ? closed : openTail(ordinal);
    },
  };
}

/** An end is shared by all chains that have it. */
function once(make: (ordinal: number) => ChainEnd): (ordinal: number) => ChainEnd {
  const made = new Map<number, ChainEnd>();
  return (ordinal) => {
    let end = made.get(ordinal);
    if (end === undefined) made.set(ordinal, (end = make(ordinal)));
    return end;
  };
}

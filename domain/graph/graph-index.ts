/**
 * The tenant's graph, indexed once per pass and shared by the chain builder, the stitcher and the rules. Everything is in id order,
 * whatever the order of the input. An edge whose end is not in the graph is left out: it proves nothing.
 */
import { EDGE_TYPE_TABLE } from './edge-types.ts';
import { at, byId, groupRows, item, type Rows } from './index-arrays.ts';
import type { Edge, EdgeId, EdgeType, Entity, EntityId, EntityType, TenantGraph } from './types.ts';

/** One step of authority: whoever controls `from` can act through `to`, whatever way the arrow of `edge` points. */
export interface AuthorityStep {
  readonly edge: Edge;
  readonly from: EntityId;
  readonly to: EntityId;
}

/** Steps of authority by ordinal: those out of entity `i` are `offsets[i] … offsets[i + 1] - 1`, in the order of their edges' ids. */
export interface AuthorityTable {
  readonly offsets: Int32Array;
  /** Ordinal of the entity that is reached. */
  readonly targets: Int32Array;
  /** Index into `GraphIndex.edges`. */
  readonly edges: Int32Array;
}

export interface GraphIndex {
  readonly graph: TenantGraph;
  /** In id order; an entity's place in it is its ordinal. */
  readonly entities: readonly Entity[];
  /** In id order, dangling ones left out. */
  readonly edges: readonly Edge[];
  readonly authority: AuthorityTable;
  /** −1 when there is no such entity. */
  ordinal(id: EntityId): number;
  entity(id: EntityId): Entity | undefined;
  edge(id: EdgeId): Edge | undefined;
  entitiesOf(type: EntityType, subtype?: string): readonly Entity[];
  out(id: EntityId, type?: EdgeType): readonly Edge[];
  in(id: EntityId, type?: EdgeType): readonly Edge[];
  /** Where authority goes on from here. */
  onward(id: EntityId): readonly AuthorityStep[];
}

export function indexGraph(graph: TenantGraph): GraphIndex {
  const entities = byId(graph.entities);
  const ordinals = new Map<EntityId, number>();
  for (let n = 0; n < entities.length; n += 1) ordinals.set(item(entities, n).id, n);

  const edges: Edge[] = [];
  const froms: number[] = [];
  const tos: number[] = [];
  for (const edge of byId(graph.edges)) {
    const from = ordinals.get(edge.from);
    const to = ordinals.get(edge.to);
    if (from === undefined || to === undefined) continue;
    edges.push(edge);
    froms.push(from);
    tos.push(to);
  }
  const authority = authorityTable(entities.length, edges, froms, tos);
  const all = edges.map((_, n) => n);
  const out = edgeLists(groupRows(entities.length, froms, all), edges);
  const into = edgeLists(groupRows(entities.length, tos, all), edges);
  const ofType = entitiesByType(entities);
  let edgesById: Map<EdgeId, Edge> | undefined;

  return {
    graph,
    entities,
    edges,
    authority,
    ordinal: (id) => ordinals.get(id) ?? -1,
    entity: (id) => entities[ordinals.get(id) ?? -1],
    edge(id) {
      edgesById ??= new Map(edges.map((edge) => [edge.id, edge]));
      return edgesById.get(id);
    },
    entitiesOf: (type, subtype) => ofType.get(subtype === undefined ? type : `${type}/${subtype}`) ?? [],
    out: (id, type) => out(ordinals.get(id), type),
    in: (id, type) => into(ordinals.get(id), type),
    onward(id) {
      const from = ordinals.get(id);
      if (from === undefined) return [];
      const steps: AuthorityStep[] = [];
      for (let slot = at(authority.offsets, from); slot < at(authority.offsets, from + 1); slot += 1) {
        steps.push({ edge: item(edges, at(authority.edges, slot)), from: id, to: item(entities, at(authority.targets, slot)).id });
      }
      return steps;
    },
  };
}

function authorityTable(entityCount: number, edges: readonly Edge[], froms: readonly number[], tos: readonly number[]): AuthorityTable {
  const sources: number[] = [];
  const targets: number[] = [];
  const steps: number[] = [];
  for (let n = 0; n < edges.length; n += 1) {
    const flow = EDGE_TYPE_TABLE[item(edges, n).type]?.flow;
    if (flow === 'forward' || flow === 'both') {
      sources.push(item(froms, n));
      targets.push(item(tos, n));
      steps.push(n);
    }
    if (flow === 'reverse' || flow === 'both') {
      sources.push(item(tos, n));
      targets.push(item(froms, n));
      steps.push(n);
    }
  }
  const grouped = groupRows(entityCount, sources, targets);
  return { offsets: grouped.offsets, targets: grouped.values, edges: groupRows(entityCount, sources, steps).values };
}

/** A node with many edges is asked for one type of them again and again by rules: such lists are kept. */
const KEEP_FROM = 64;

function edgeLists(rows: Rows, edges: readonly Edge[]): (ordinal: number | undefined, type: EdgeType | undefined) => readonly Edge[] {
  const kept = new Map<string, readonly Edge[]>();
  return (ordinal, type) => {
    if (ordinal === undefined) return [];
    const start = at(rows.offsets, ordinal);
    const end = at(rows.offsets, ordinal + 1);
    const keep = end - start >= KEEP_FROM;
    const key = keep ? `${ordinal} ${type ?? ''}` : '';
    const known = keep ? kept.get(key) : undefined;
    if (known !== undefined) return known;
    const list: Edge[] = [];
    for (let slot = start; slot < end; slot += 1) {
      const edge = item(edges, at(rows.values, slot));
      if (type === undefined || edge.type === type) list.push(edge);
    }
    if (keep) kept.set(key, list);
    return list;
  };
}

function entitiesByType(entities: readonly Entity[]): ReadonlyMap<string, readonly Entity[]> {
  const lists = new Map<string, Entity[]>();
  const add = (key: string, entity: Entity): void => {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [entity]);
    else list.push(entity);
  };
  for (const entity of entities) {
    add(entity.type, entity);
    add(`${entity.type}/${entity.subtype}`, entity);
  }
  return lists;
}

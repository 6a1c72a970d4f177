/** One form of each record before it is hashed, so that the order in which a source tells things changes nothing (DATA-02). */
import { digestOf } from '../canonical.ts';
import type { TenantId } from '../ids.ts';
import { edgeId, entityId } from './ids.ts';
import type { Edge, Entity, EntityId, EntityRef, EntityType, GraphEdge, GraphEntity, JoinKey } from './types.ts';

export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted, each once. */
export function normalJoinKeys(keys: readonly JoinKey[]): readonly JoinKey[] {
  const sorted = [...keys].sort((a, b) => byCodeUnits(a.k, b.k) || byCodeUnits(a.v, b.v));
  return sorted.filter((key, index) => index === 0 || key.k !== sorted[index - 1]?.k || key.v !== sorted[index - 1]?.v);
}

/** The content hash is of the record without its id, the same for a single report and for a merged one. */
export function normalEntity(id: EntityId, given: GraphEntity): Entity {
  const content: GraphEntity = { ...given, join_keys: normalJoinKeys(given.join_keys) };
  return { id, ...content, content_hash: digestOf(content) };
}

export function normalEdge(id: string, content: Omit<Edge, 'id' | 'content_hash'>): Edge {
  return { id, ...content, content_hash: digestOf(content) };
}

/** Ids of one document. An end is named by type and native id: most are named often, so each is hashed once. */
export interface Identifier {
  entity(entity: GraphEntity): Entity;
  edge(edge: GraphEdge): Edge;
}

export function createIdentifier(tenant: TenantId, sourceSystem: string, sourceTenant: string): Identifier {
  const known = new Map<string, EntityId>();
  const idOf = (type: EntityType, owner: string, native: string): EntityId => {
    const key = `${type}\u0000${owner}\u0000${native}`;
    const present = known.get(key);
    if (present !== undefined) return present;
    const id = entityId(tenant, sourceSystem, owner, type, native);
    known.set(key, id);
    return id;
  };
  const end = (ref: EntityRef): EntityId => idOf(ref.type, ref.source_tenant ?? sourceTenant, ref.native_id);

  return {
    entity: (entity) => normalEntity(idOf(entity.type, entity.source_tenant, entity.native_id), entity),
    edge(edge) {
      const [from, to, qualifier] = [end(edge.from), end(edge.to), edge.qualifier ?? null];
      const content = { from, to, type: edge.type, category: edge.category, qualifier, props: edge.props };
      return normalEdge(edgeId(from, edge.type, to, qualifier), content);
    },
  };
}

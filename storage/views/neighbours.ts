/** The edges of one entity with what is at their other ends: live rows only, read along an index from the entity out. */
import type { TenantId } from '../../domain/ids.ts';
import type { EntityView, IdPosition, Neighbour, Page, PageRequest } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { ownTenant, pageSize, text } from '../mongo/guards.ts';
import type { GraphRepository } from '../ports/graph.ts';

interface Entities {
  entity(tenant: TenantId, id: string): Promise<EntityView | null>;
  entitiesById(tenant: TenantId, ids: readonly string[]): Promise<readonly EntityView[]>;
}

export function neighbourViews({ edges }: Pick<Collections, 'edges'>, graph: Pick<GraphRepository, 'getEdges'>, entities: Entities) {
  /** Several scopes can report one edge: rows are read in id order and counted as edges. */
  async function edgeIds(tenant_id: TenantId, end: object, after: string, wanted: number): Promise<readonly string[]> {
    const ids: string[] = [];
    let behind = after;
    while (ids.length < wanted) {
      const rows = await edges
        .find({ tenant_id, removed: false, ...end, edge_id: { $gt: behind } }, { projection: { _id: 0, edge_id: 1 } })
        .sort({ edge_id: 1 })
        .limit(wanted)
        .toArray();
      ids.push(...new Set(rows.map((row) => row.edge_id)));
      behind = ids.at(-1) ?? behind;
      if (rows.length < wanted) break;
    }
    return ids.slice(0, wanted);
  }

  return {
    async neighbours(
      tenant: TenantId,
      id: string,
      direction: 'out' | 'in',
      request: PageRequest<IdPosition>,
    ): Promise<Page<Neighbour, IdPosition> | null> {
      const tenant_id = ownTenant(tenant);
      const limit = pageSize(request.limit, 50, 200);
      const entity = text('entity', id);
      if ((await entities.entity(tenant, entity)) === null) return null;
      const end = direction === 'out' ? { from: entity } : { to: entity };
      const ids = await edgeIds(tenant_id, end, request.after === undefined ? '' : text('after', request.after.id), limit + 1);
      const shown = ids.slice(0, limit);
      const found = await graph.getEdges(tenant, shown);
      const far = (edge: { readonly from: string; readonly to: string }): string => (direction === 'out' ? edge.to : edge.from);
      const others = new Map((await entities.entitiesById(tenant, [...new Set(found.map(far))].sort())).map((each) => [each.id, each]));
      // An edge whose other end is not live is none of the graph.
      const items = found.flatMap((edge) => {
        const other = others.get(far(edge));
        return other === undefined ? [] : [{ edge, entity: other }];
      });
      return { items, next: ids.length > limit ? { id: shown.at(-1) ?? '' } : null };
    },
  };
}

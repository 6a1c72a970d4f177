/** Entities as the tenant's graph holds them, with where each was read. */
import { ENTITY_TYPES, type EntityType } from '../../domain/graph/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { EntityView, IdPosition, Page, PageRequest, Sighting } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { oneOf, ownTenant, pageSize, text } from '../mongo/guards.ts';
import type { GraphRepository } from '../ports/graph.ts';
import { inDigestOrder } from './windows.ts';

export interface EntityFilter {
  readonly type?: EntityType;
  readonly source_system?: string;
}

export function entityViews({ entities }: Pick<Collections, 'entities'>, graph: Pick<GraphRepository, 'getEntities' | 'provenanceOf'>) {
  /** In the order of `ids`; those that are not live are left out. */
  async function entitiesById(tenant: TenantId, ids: readonly string[]): Promise<readonly EntityView[]> {
    if (ids.length === 0) return [];
    const [merged, provenance] = await Promise.all([graph.getEntities(tenant, ids), graph.provenanceOf(tenant, ids)]);
    const found = new Map(merged.map((entity) => [entity.id, entity]));
    const sightings = new Map<string, Sighting[]>();
    for (const row of provenance) {
      const { scope_id, instance_id, category, changed_sync, changed_run, first_seen_at, last_seen_at } = row;
      const list = sightings.get(row.id) ?? [];
      list.push({ scope_id, instance_id, category, sync_id: changed_sync, run_id: changed_run, first_seen_at, last_seen_at });
      sightings.set(row.id, list);
    }
    return ids.flatMap((id) => {
      const entity = found.get(id);
      return entity === undefined ? [] : [{ ...entity, sightings: sightings.get(id) ?? [] }];
    });
  }

  return {
    entitiesById,
    entity: async (tenant: TenantId, id: string): Promise<EntityView | null> =>
      (await entitiesById(tenant, [text('entity', id)]))[0] ?? null,

    /** Several scopes can report one entity: rows are read in id order and counted as entities. */
    async entities(tenant: TenantId, filter: EntityFilter, request: PageRequest<IdPosition>): Promise<Page<EntityView, IdPosition>> {
      const limit = pageSize(request.limit, 50, 200);
      const conditions = {
        tenant_id: ownTenant(tenant),
        removed: false,
        ...(filter.type === undefined ? {} : { type: oneOf('type', filter.type, ENTITY_TYPES) }),
        ...(filter.source_system === undefined ? {} : { source_system: text('source_system', filter.source_system) }),
      };
      const ids: string[] = [];
      let after = request.after === undefined ? undefined : text('after', request.after.id);
      for (;;) {
        const wanted = limit + 1 - ids.length;
        const rows = await inDigestOrder(
          async (entity_id, most) =>
            entities
              .find({ ...conditions, entity_id }, { projection: { _id: 0, entity_id: 1 } })
              .sort({ entity_id: 1 })
              .limit(most)
              .toArray(),
          wanted,
          after,
        );
        // The rows of the last id may go on behind the limit; asking on from behind that id skips them.
        ids.push(...new Set(rows.map((row) => row.entity_id)));
        after = rows.at(-1)?.entity_id;
        if (rows.length < wanted || ids.length > limit) break;
      }
      const shown = ids.slice(0, limit);
      return { items: await entitiesById(tenant, shown), next: ids.length > limit ? { id: shown.at(-1) ?? '' } : null };
    },
  };
}

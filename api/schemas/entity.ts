import { ENTITY_TYPES } from '../../domain/graph/types.ts';
import type { EntityView } from '../../domain/views/types.ts';
import { time, z } from './common.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const propValue = z.union([scalar, z.array(z.string()).readonly(), z.array(z.number()).readonly(), z.array(z.boolean()).readonly()]);

export const entitySchema = z
  .strictObject({
    id: z.string(),
    type: z.enum(ENTITY_TYPES),
    subtype: z.string(),
    source_system: z.string(),
    source_tenant: z.string(),
    native_id: z.string(),
    display_name: z.string(),
    category: z.string(),
    props: z.record(z.string(), propValue),
    join_keys: z.array(z.strictObject({ k: z.string(), v: z.string() })).readonly(),
    content_hash: z.string(),
    sightings: z
      .array(
        z.strictObject({
          scope_id: z.string(),
          instance_id: z.string(),
          category: z.string(),
          sync_id: z.string(),
          run_id: z.string(),
          first_seen_at: time,
          last_seen_at: time,
        }),
      )
      .readonly(),
  })
  .openapi('Entity');

export const entityResource = (entity: EntityView) => ({
  id: entity.id,
  type: entity.type,
  subtype: entity.subtype,
  source_system: entity.source_system as string,
  source_tenant: entity.source_tenant,
  native_id: entity.native_id,
  display_name: entity.display_name,
  category: entity.category,
  props: { ...entity.props },
  join_keys: entity.join_keys,
  content_hash: entity.content_hash,
  sightings: entity.sightings.map((sighting) => ({
    scope_id: sighting.scope_id as string,
    instance_id: sighting.instance_id as string,
    category: sighting.category,
    sync_id: sighting.sync_id,
    run_id: sighting.run_id as string,
    first_seen_at: sighting.first_seen_at.toISOString(),
    last_seen_at: sighting.last_seen_at.toISOString(),
  })),
});

import { cursorCodec, idPosition } from '../cursor.ts';
import { ENTITY_TYPES } from '../../domain/graph/types.ts';
import { sourceSystem } from '../schemas/names.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { entityResource, entitySchema } from '../schemas/entity.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/entities',
  tags: ['graph'],
  summary: 'Live entities of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      type: z.enum(ENTITY_TYPES).optional(),
      source_system: sourceSystem.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(entitySchema), 'One page'), ...problems },
});

const cursors = cursorCodec('entities', idPosition);

export const getEntities: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, type: query.type, source_system: query.source_system };
    const page = await deps.views.tenant.entities(
      query.tenant_id,
      {
        ...(query.type === undefined ? {} : { type: query.type }),
        ...(query.source_system === undefined ? {} : { source_system: query.source_system }),
      },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json(
      { items: page.items.map(entityResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) },
      200,
    );
  });
};

import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { ENTITY_TYPES } from '../../domain/graph/types.ts';
import { sourceSystem } from '../schemas/names.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
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

const list = listing('entities', idPosition);

export const getEntities: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.entities(query.tenant_id, filter, page), entityResource), 200);
  });
};

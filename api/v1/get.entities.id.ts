import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { entityResource, entitySchema } from '../schemas/entity.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/entities/{id}',
  tags: ['graph'],
  summary: 'One entity',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(entitySchema, 'One entity'), ...problems },
});

export const getEntitiesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.entity(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('entity', id);
    return c.json(entityResource(found), 200);
  });
};

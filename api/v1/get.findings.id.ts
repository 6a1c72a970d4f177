import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { findingResource, findingSchema } from '../schemas/finding.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/findings/{id}',
  tags: ['findings'],
  summary: 'One finding',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(findingSchema, 'One finding'), ...problems },
});

export const getFindingsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.finding(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('finding', id);
    return c.json(findingResource(found), 200);
  });
};

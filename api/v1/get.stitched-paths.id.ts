import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { pathResource, pathSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/stitched-paths/{id}',
  tags: ['graph'],
  summary: 'One stitched path',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(pathSchema, 'One stitched path'), ...problems },
});

export const getStitchedPathsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.path(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('stitched path', id);
    return c.json(pathResource(found), 200);
  });
};

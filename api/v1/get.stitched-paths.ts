import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { COMPLETENESS, pathResource, pathSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/stitched-paths',
  tags: ['graph'],
  summary: 'Live stitched paths of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      completeness: z.enum(COMPLETENESS).optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(pathSchema), 'One page'), ...problems },
});

const list = listing('stitched-paths', idPosition);

export const getStitchedPaths: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.paths(query.tenant_id, filter, page), pathResource), 200);
  });
};

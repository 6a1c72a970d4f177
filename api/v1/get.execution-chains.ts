import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { sourceSystem } from '../schemas/names.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { chainResource, chainSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/execution-chains',
  tags: ['graph'],
  summary: 'Live execution chains of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      source_system: sourceSystem.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(chainSchema), 'One page'), ...problems },
});

const list = listing('execution-chains', idPosition);

export const getExecutionChains: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.chains(query.tenant_id, filter, page), chainResource), 200);
  });
};

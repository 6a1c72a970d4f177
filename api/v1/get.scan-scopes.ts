import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, instanceIdSchema, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-scopes',
  tags: ['scan-scopes'],
  summary: 'Scan scopes of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      instance_id: instanceIdSchema.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(scopeSchema), 'One page'), ...problems },
});

const list = listing('scan-scopes', idPosition);

export const getScanScopes: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.scopes(query.tenant_id, filter, page), scopeResource), 200);
  });
};

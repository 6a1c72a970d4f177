/** The one list that is about all tenants: which there are. Super-admin only, and nothing of a tenant's own data is in it. */
import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, z } from '../schemas/common.ts';
import { tenantResource, tenantSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/tenants',
  tags: ['tenants'],
  summary: 'Tenants',
  request: { query: z.strictObject({ status: z.enum(['active', 'suspended', 'offboarded']).optional(), ...pageQuery }) },
  responses: { 200: json(listOf(tenantSchema), 'One page'), ...problems },
});

const list = listing('tenants', idPosition);

export const getTenants: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.operator.tenants(filter, page), tenantResource), 200);
  });
};

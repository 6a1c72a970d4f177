/** API-03. A create names its own id: a repetition makes no second row. */
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { etagOf, inBody } from '../schemas/edit.ts';
import { tenantResource, tenantSchema } from '../schemas/tenancy.ts';
import { newTenantSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/tenants',
  tags: ['tenants'],
  summary: 'Make a tenant',
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { 'application/json': { schema: newTenantSchema } } },
  },
  responses: { 201: json(tenantSchema, 'Made'), 200: json(tenantSchema, 'It was there already, with the same content'), ...problems },
});

export const postTenants: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { row, created } = await inBody(() => deps.administration.tenants.create(c.req.valid('json'), c.var.caller.user_id));
    const location = `/api/v1/tenants/${encodeURIComponent(row._id)}`;
    return c.json(tenantResource(row), created ? 201 : 200, { ...etagOf(row), location });
  });
};

/** API-03: an edit of the version that the caller saw. */
import { createRoute, tenantIdSchema, json, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader, inBody, present } from '../schemas/edit.ts';
import { tenantResource, tenantSchema } from '../schemas/tenancy.ts';
import { tenantEditSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'patch',
  path: '/api/v1/tenants/{id}',
  tags: ['tenants'],
  summary: 'Rename, suspend, activate or offboard a tenant',
  request: {
    params: z.strictObject({ id: tenantIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: tenantEditSchema } } },
  },
  responses: { 200: json(tenantSchema, 'As it is now'), ...problems },
});

export const patchTenantsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await inBody(() => deps.administration.tenants.edit(c.req.valid('param').id, present(c.req.valid('json')), of));
    return c.json(tenantResource(row), 200, etagOf(row));
  });
};

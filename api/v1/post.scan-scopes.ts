/** API-03, OPS-06: a scan scope of an instance, whose row decides the tenant; with a schedule it is scanned by itself from then on. */
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { etagOf, inBody } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';
import { newScopeSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-scopes',
  tags: ['scan-scopes'],
  summary: 'Make a scan scope',
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { 'application/json': { schema: newScopeSchema } } },
  },
  responses: { 201: json(scopeSchema, 'Made'), 200: json(scopeSchema, 'It was there already, with the same content'), ...problems },
});

export const postScanScopes: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { instance_id, ...scope } = c.req.valid('json');
    const of = { tenant_hint: null, by: c.var.caller.user_id };
    const { row, created } = await inBody(() => deps.administration.scopes.create(instance_id, scope, of));
    const location = `/api/v1/scan-scopes/${encodeURIComponent(row._id)}`;
    return c.json(scopeResource(row), created ? 201 : 200, { ...etagOf(row), location });
  });
};

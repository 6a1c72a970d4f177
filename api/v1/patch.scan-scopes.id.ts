/** API-03: an edit of the version that the caller saw. */
import { createRoute, scopeIdSchema, json, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader, inBody, present } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';
import { scopeEditSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'patch',
  path: '/api/v1/scan-scopes/{id}',
  tags: ['scan-scopes'],
  summary: 'Edit a scan scope',
  request: {
    params: z.strictObject({ id: scopeIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: scopeEditSchema } } },
  },
  responses: { 200: json(scopeSchema, 'As it is now'), ...problems },
});

export const patchScanScopesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await inBody(() => deps.administration.scopes.edit(c.req.valid('param').id, present(c.req.valid('json')), of));
    return c.json(scopeResource(row), 200, etagOf(row));
  });
};

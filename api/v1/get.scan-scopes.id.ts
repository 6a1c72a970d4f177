import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, json, problems, type Register, scopeIdSchema, tenantQuery, z } from '../schemas/common.ts';
import { etagOf } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-scopes/{id}',
  tags: ['scan-scopes'],
  summary: 'One scan scope',
  request: { params: z.strictObject({ id: scopeIdSchema }), query: tenantQuery },
  responses: { 200: json(scopeSchema, 'One scan scope'), ...problems },
});

export const getScanScopesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.scope(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('scope', id);
    return c.json(scopeResource(found), 200, etagOf(found));
  });
};

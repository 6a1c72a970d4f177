import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, json, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { etagOf } from '../schemas/edit.ts';
import { tenantResource, tenantSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/tenants/{id}',
  tags: ['tenants'],
  summary: 'One tenant',
  request: { params: z.strictObject({ id: tenantIdSchema }), query: z.strictObject({}) },
  responses: { 200: json(tenantSchema, 'One tenant'), ...problems },
});

export const getTenantsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.operator.tenant(id);
    if (found === null) throw new NotFoundError('tenant', id);
    return c.json(tenantResource(found), 200, etagOf(found));
  });
};

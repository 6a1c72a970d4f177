import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { etagOf } from '../schemas/edit.ts';
import { instanceResource, instanceSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/connector-instances/{id}',
  tags: ['connector-instances'],
  summary: 'One connector instance',
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(instanceSchema, 'One connector instance'), ...problems },
});

export const getConnectorInstancesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.instance(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('connector instance', id);
    return c.json(instanceResource(found), 200, etagOf(found));
  });
};

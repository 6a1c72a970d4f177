/** API-03, OPS-06: registers a connector instance of a tenant. */
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { etagOf, inBody } from '../schemas/edit.ts';
import { instanceResource, instanceSchema } from '../schemas/tenancy.ts';
import { newInstanceSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/connector-instances',
  tags: ['connector-instances'],
  summary: 'Register a connector instance',
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { 'application/json': { schema: newInstanceSchema } } },
  },
  responses: { 201: json(instanceSchema, 'Made'), 200: json(instanceSchema, 'It was there already, with the same content'), ...problems },
});

export const postConnectorInstances: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id, ...instance } = c.req.valid('json');
    const { row, created } = await inBody(() => deps.administration.instances.create(tenant_id, instance, c.var.caller.user_id));
    const location = `/api/v1/connector-instances/${encodeURIComponent(row._id)}`;
    return c.json(instanceResource(row), created ? 201 : 200, { ...etagOf(row), location });
  });
};

/** API-03: an edit of the version that the caller saw. */
import { createRoute, instanceIdSchema, json, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader, inBody, present } from '../schemas/edit.ts';
import { instanceResource, instanceSchema } from '../schemas/tenancy.ts';
import { instanceEditSchema } from '../schemas/tenancy-input.ts';

const route = createRoute({
  method: 'patch',
  path: '/api/v1/connector-instances/{id}',
  tags: ['connector-instances'],
  summary: 'Edit a connector instance',
  request: {
    params: z.strictObject({ id: instanceIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: instanceEditSchema } } },
  },
  responses: { 200: json(instanceSchema, 'As it is now'), ...problems },
});

export const patchConnectorInstancesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await inBody(() => deps.administration.instances.edit(c.req.valid('param').id, present(c.req.valid('json')), of));
    return c.json(instanceResource(row), 200, etagOf(row));
  });
};

/** API-03: takes its stored credential with it; refused while it has scopes. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, instanceIdSchema, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, ifMatchHeader } from '../schemas/edit.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/v1/connector-instances/{id}',
  tags: ['connector-instances'],
  summary: 'Remove a connector instance',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantHintQuery, headers: ifMatchHeader },
  responses: { 204: { description: 'Gone' }, ...problems },
});

export const deleteConnectorInstancesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    await deps.administration.instances.remove(c.req.valid('param').id, of);
    return c.body(null, 204);
  });
};

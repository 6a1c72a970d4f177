/** UI-04: the cheapest calls that prove each declared permission. It waits for the verdicts, a minute at most. */
import { refuseBody } from '../middleware/body.ts';
import { connectionTestResource, connectionTestSchema } from '../schemas/connection-test.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/connector-instances/{id}/connection-test',
  tags: ['connector-instances'],
  summary: 'Test the connection',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantHintQuery },
  responses: { 200: json(connectionTestSchema, 'What is granted, missing and unknown'), ...problems },
});

export const postConnectorInstancesIdConnectionTest: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const result = await deps.connectionTests.test({
      instance_id: c.req.valid('param').id,
      tenant_hint: c.req.valid('query').tenant_id ?? null,
      user_id: c.var.caller.user_id,
    });
    return c.json(connectionTestResource(result), 200);
  });
};

/** UI-04: what the last connection test said; none is started. */
import { connectionTestResource, latestConnectionTestSchema } from '../schemas/connection-test.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/connector-instances/{id}/connection-test',
  tags: ['connector-instances'],
  summary: 'The last connection test',
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(latestConnectionTestSchema, 'Its state, and its verdicts when it is done'), ...problems },
});

export const getConnectorInstancesIdConnectionTest: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { status, result } = await deps.connectionTests.latest(c.req.valid('query').tenant_id, c.req.valid('param').id);
    return c.json({ status, result: result === null ? null : connectionTestResource(result) }, 200);
  });
};

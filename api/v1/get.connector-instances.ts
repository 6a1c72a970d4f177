import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { connectorKind } from '../schemas/names.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { instanceResource, instanceSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/connector-instances',
  tags: ['connector-instances'],
  summary: 'Connector instances of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      connector: connectorKind.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(instanceSchema), 'One page'), ...problems },
});

const list = listing('connector-instances', idPosition);

export const getConnectorInstances: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.instances(query.tenant_id, filter, page), instanceResource), 200);
  });
};

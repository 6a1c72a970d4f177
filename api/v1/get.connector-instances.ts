import { cursorCodec, idPosition } from '../cursor.ts';
import { connectorKind } from '../schemas/names.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
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

const cursors = cursorCodec('connector-instances', idPosition);

export const getConnectorInstances: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, connector: query.connector };
    const page = await deps.views.tenant.instances(query.tenant_id, query.connector === undefined ? {} : { connector: query.connector }, {
      limit: query.limit ?? DEFAULT_LIMIT,
      ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }),
    });
    return c.json(
      { items: page.items.map(instanceResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) },
      200,
    );
  });
};

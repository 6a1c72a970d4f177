/** The one list that is about all tenants: which there are. Super-admin only, and nothing of a tenant's own data is in it. */
import { cursorCodec, idPosition } from '../cursor.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, z } from '../schemas/common.ts';
import { tenantResource, tenantSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/tenants',
  tags: ['tenants'],
  summary: 'Tenants',
  request: { query: z.strictObject({ status: z.enum(['active', 'suspended', 'offboarded']).optional(), ...pageQuery }) },
  responses: { 200: json(listOf(tenantSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('tenants', idPosition);

export const getTenants: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { status: query.status };
    const page = await deps.views.operator.tenants(query.status === undefined ? {} : { status: query.status }, {
      limit: query.limit ?? DEFAULT_LIMIT,
      ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }),
    });
    return c.json(
      { items: page.items.map(tenantResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) },
      200,
    );
  });
};

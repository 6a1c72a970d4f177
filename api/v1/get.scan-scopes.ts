import { cursorCodec, idPosition } from '../cursor.ts';
import {
  createRoute,
  DEFAULT_LIMIT,
  instanceIdSchema,
  json,
  listOf,
  pageQuery,
  problems,
  type Register,
  tenantIdSchema,
  z,
} from '../schemas/common.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-scopes',
  tags: ['scan-scopes'],
  summary: 'Scan scopes of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      instance_id: instanceIdSchema.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(scopeSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('scan-scopes', idPosition);

export const getScanScopes: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, instance_id: query.instance_id };
    const page = await deps.views.tenant.scopes(
      query.tenant_id,
      query.instance_id === undefined ? {} : { instance_id: query.instance_id },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json({ items: page.items.map(scopeResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

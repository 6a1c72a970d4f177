import { cursorCodec, idPosition } from '../cursor.ts';
import { sourceSystem } from '../schemas/names.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { chainResource, chainSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/execution-chains',
  tags: ['graph'],
  summary: 'Live execution chains of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      source_system: sourceSystem.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(chainSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('execution-chains', idPosition);

export const getExecutionChains: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, source_system: query.source_system };
    const page = await deps.views.tenant.chains(
      query.tenant_id,
      query.source_system === undefined ? {} : { source_system: query.source_system },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json({ items: page.items.map(chainResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

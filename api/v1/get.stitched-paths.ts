import { cursorCodec, idPosition } from '../cursor.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { COMPLETENESS, pathResource, pathSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/stitched-paths',
  tags: ['graph'],
  summary: 'Live stitched paths of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      completeness: z.enum(COMPLETENESS).optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(pathSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('stitched-paths', idPosition);

export const getStitchedPaths: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, completeness: query.completeness };
    const page = await deps.views.tenant.paths(
      query.tenant_id,
      query.completeness === undefined ? {} : { completeness: query.completeness },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json({ items: page.items.map(pathResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

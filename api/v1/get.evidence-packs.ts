import { cursorCodec, idPosition } from '../cursor.ts';
import {
  createRoute,
  DEFAULT_LIMIT,
  digestSchema,
  json,
  listOf,
  pageQuery,
  problems,
  type Register,
  tenantIdSchema,
  z,
} from '../schemas/common.ts';
import { packResource, packSchema } from '../schemas/pack.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/evidence-packs',
  tags: ['evidence'],
  summary: 'Evidence packs of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      finding_id: digestSchema.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(packSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('evidence-packs', idPosition);

export const getEvidencePacks: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, finding_id: query.finding_id };
    const page = await deps.views.tenant.packs(query.tenant_id, query.finding_id === undefined ? {} : { finding_id: query.finding_id }, {
      limit: query.limit ?? DEFAULT_LIMIT,
      ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }),
    });
    return c.json({ items: page.items.map(packResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

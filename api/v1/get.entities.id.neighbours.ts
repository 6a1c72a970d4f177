/** What an entity is joined to, in one direction, page by page. */
import { EDGE_TYPES } from '../../domain/graph/types.ts';
import { NotFoundError } from '../../domain/errors.ts';
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
import { entityResource, entitySchema } from '../schemas/entity.ts';

const neighbourSchema = z
  .strictObject({
    edge: z.strictObject({
      id: z.string(),
      type: z.enum(EDGE_TYPES),
      from: z.string(),
      to: z.string(),
      qualifier: z.string().nullable(),
    }),
    entity: entitySchema,
  })
  .openapi('Neighbour');

const route = createRoute({
  method: 'get',
  path: '/api/v1/entities/{id}/neighbours',
  tags: ['graph'],
  summary: 'Neighbours of an entity',
  request: {
    params: z.strictObject({ id: digestSchema }),
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      direction: z.enum(['out', 'in']).optional().openapi({ default: 'out' }),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(neighbourSchema), 'One page, in the order of the edges’ ids'), ...problems },
});

const cursors = cursorCodec('neighbours', idPosition);

export const getEntitiesIdNeighbours: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const { tenant_id, direction = 'out', limit, cursor } = c.req.valid('query');
    const bound = { tenant_id, direction, id };
    const after = cursor === undefined ? {} : { after: cursors.decode(bound, cursor) };
    const page = await deps.views.tenant.neighbours(tenant_id, id, direction, { limit: limit ?? DEFAULT_LIMIT, ...after });
    if (page === null) throw new NotFoundError('entity', id);
    const items = page.items.map(({ edge, entity }) => ({
      edge: { id: edge.id, type: edge.type, from: edge.from, to: edge.to, qualifier: edge.qualifier ?? null },
      entity: entityResource(entity),
    }));
    return c.json({ items, next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

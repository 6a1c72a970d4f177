/** What an entity is joined to, in one direction, page by page. */
import { EDGE_TYPES } from '../../domain/graph/types.ts';
import { NotFoundError } from '../../domain/errors.ts';
import type { Neighbour } from '../../domain/views/types.ts';
import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, digestSchema, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
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

const list = listing('neighbours', idPosition);

export const getEntitiesIdNeighbours: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const { direction = 'out', ...query } = c.req.valid('query');
    return c.json(
      await list(
        { ...query, direction, id },
        async (_, page) => {
          const found = await deps.views.tenant.neighbours(query.tenant_id, id, direction, page);
          if (found === null) throw new NotFoundError('entity', id);
          return found;
        },
        neighbourResource,
      ),
      200,
    );
  });
};

const neighbourResource = ({ edge, entity }: Neighbour) => ({
  edge: { id: edge.id, type: edge.type, from: edge.from, to: edge.to, qualifier: edge.qualifier ?? null },
  entity: entityResource(entity),
});

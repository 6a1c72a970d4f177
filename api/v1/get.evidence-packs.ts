import { idPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, digestSchema, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
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

const list = listing('evidence-packs', idPosition);

export const getEvidencePacks: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.packs(query.tenant_id, filter, page), packResource), 200);
  });
};

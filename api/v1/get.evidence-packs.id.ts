import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { packResource, packSchema } from '../schemas/pack.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/evidence-packs/{id}',
  tags: ['evidence'],
  summary: 'One evidence pack, without its blobs',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(packSchema, 'One evidence pack, without its blobs'), ...problems },
});

export const getEvidencePacksId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.pack(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('evidence pack', id);
    return c.json(packResource(found), 200);
  });
};

import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { chainResource, chainSchema } from '../schemas/derived.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/execution-chains/{id}',
  tags: ['graph'],
  summary: 'One execution chain',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(chainSchema, 'One execution chain'), ...problems },
});

export const getExecutionChainsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.chain(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('execution chain', id);
    return c.json(chainResource(found), 200);
  });
};

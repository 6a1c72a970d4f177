import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, json, problems, type Register, runIdSchema, tenantQuery, z } from '../schemas/common.ts';
import { runResource, runSchema } from '../schemas/run.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-runs/{id}',
  tags: ['scan-runs'],
  summary: 'One run',
  request: { params: z.strictObject({ id: runIdSchema }), query: tenantQuery },
  responses: { 200: json(runSchema, 'One run'), ...problems },
});

export const getScanRunsId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const found = await deps.views.tenant.run(c.req.valid('query').tenant_id, id);
    if (found === null) throw new NotFoundError('run', id);
    return c.json(runResource(found), 200);
  });
};

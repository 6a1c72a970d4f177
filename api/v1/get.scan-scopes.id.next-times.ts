/** UI-03: when a scope is scanned next, with the spreading of the schedule. */
import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, json, problems, type Register, scopeIdSchema, tenantQuery, time, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-scopes/{id}/next-times',
  tags: ['scan-scopes'],
  summary: 'The next times of a schedule; none while it is paused',
  request: { params: z.strictObject({ id: scopeIdSchema }), query: tenantQuery },
  responses: { 200: json(z.strictObject({ next: z.array(time).readonly() }).openapi('NextTimes'), 'Ascending'), ...problems },
});

export const getScanScopesIdNextTimes: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const scope = await deps.views.tenant.scope(c.req.valid('query').tenant_id, id);
    if (scope === null) throw new NotFoundError('scope', id);
    return c.json({ next: (await deps.administration.scopes.nextTimes(scope)).map((at) => at.toISOString()) }, 200);
  });
};

/** API-03: takes its schedule and its part of the graph with it; runs stay. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, scopeIdSchema, problems, type Register, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, ifMatchHeader } from '../schemas/edit.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/v1/scan-scopes/{id}',
  tags: ['scan-scopes'],
  summary: 'Remove a scan scope',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: scopeIdSchema }), query: tenantHintQuery, headers: ifMatchHeader },
  responses: { 204: { description: 'Gone' }, ...problems },
});

export const deleteScanScopesId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    await deps.administration.scopes.remove(c.req.valid('param').id, of);
    return c.body(null, 204);
  });
};

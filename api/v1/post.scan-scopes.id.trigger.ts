/** UI-03: the schedule's own run, now. A cooldown refuses it, as it would at its time. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, problems, type Register, scopeIdSchema, tenantHintQuery, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-scopes/{id}/trigger',
  tags: ['scan-scopes'],
  summary: 'Run the schedule now',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: scopeIdSchema }), query: tenantHintQuery },
  responses: { 204: { description: 'Triggered' }, ...problems },
});

export const postScanScopesIdTrigger: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const tenant_hint = c.req.valid('query').tenant_id ?? null;
    await deps.administration.scopes.trigger(c.req.valid('param').id, { tenant_hint, version: null, by: c.var.caller.user_id });
    return c.body(null, 204);
  });
};

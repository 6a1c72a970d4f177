/** DATA-05: the finding counts again. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { findingResource, findingSchema } from '../schemas/finding.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/v1/findings/{id}/suppression',
  tags: ['findings'],
  summary: 'End the suppression of a finding',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(findingSchema, 'As it is now'), ...problems },
});

export const deleteFindingsIdSuppression: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    const row = await deps.administration.findings.unsuppress(tenant_id, c.req.valid('param').id, c.var.caller.user_id);
    return c.json(findingResource({ ...row, tenant_id }), 200);
  });
};

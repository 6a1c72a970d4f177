/** UI-03. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, json, problems, type Register, scopeIdSchema, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-scopes/{id}/resume',
  tags: ['scan-scopes'],
  summary: 'Go on with the schedule',
  middleware: [refuseBody()] as const,
  request: {
    params: z.strictObject({ id: scopeIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
  },
  responses: { 200: json(scopeSchema, 'As it is now'), ...problems },
});

export const postScanScopesIdResume: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await deps.administration.scopes.resume(c.req.valid('param').id, of);
    return c.json(scopeResource(row), 200, etagOf(row));
  });
};

/** UI-03, FLOW-04: when a scope is scanned by itself; null takes the schedule away. */
import { createRoute, json, problems, type Register, scopeIdSchema, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader, inBody } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';
import { scheduleSchema } from '../schemas/tenancy-input.ts';

const body = z.strictObject({ schedule: z.union([scheduleSchema, z.null()]) }).openapi('ScanSchedule');

const route = createRoute({
  method: 'put',
  path: '/api/v1/scan-scopes/{id}/schedule',
  tags: ['scan-scopes'],
  summary: 'Set the schedule, or take it away',
  request: {
    params: z.strictObject({ id: scopeIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: body } } },
  },
  responses: { 200: json(scopeSchema, 'As it is now'), ...problems },
});

export const putScanScopesIdSchedule: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await inBody(() => deps.administration.scopes.schedule(c.req.valid('param').id, c.req.valid('json').schedule, of));
    return c.json(scopeResource(row), 200, etagOf(row));
  });
};

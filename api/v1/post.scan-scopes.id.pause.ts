/** UI-03: nothing starts by itself until it is resumed; manual starts still work. */
import { createRoute, json, problems, type Register, scopeIdSchema, tenantHintQuery, z } from '../schemas/common.ts';
import { editOf, etagOf, ifMatchHeader, inBody } from '../schemas/edit.ts';
import { scopeResource, scopeSchema } from '../schemas/tenancy.ts';

const body = z.strictObject({ note: z.string().trim().min(1).max(500) }).openapi('SchedulePause');

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-scopes/{id}/pause',
  tags: ['scan-scopes'],
  summary: 'Pause the schedule',
  request: {
    params: z.strictObject({ id: scopeIdSchema }),
    query: tenantHintQuery,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: body } } },
  },
  responses: { 200: json(scopeSchema, 'As it is now'), ...problems },
});

export const postScanScopesIdPause: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const of = editOf(c.req.valid('header'), c.req.valid('query'), c.var.caller.user_id);
    const row = await inBody(() => deps.administration.scopes.pause(c.req.valid('param').id, c.req.valid('json').note, of));
    return c.json(scopeResource(row), 200, etagOf(row));
  });
};

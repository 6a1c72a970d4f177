/** DATA-05: suppressed with a reason and an end. */
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { inBody } from '../schemas/edit.ts';
import { findingResource, findingSchema } from '../schemas/finding.ts';

const body = z
  .strictObject({
    reason: z.string().trim().min(1).max(TENANCY_LIMITS.reason).openapi({ pattern: '\\S' }),
    /** In the future; after it the finding counts again. */
    until: z.iso.datetime({ offset: true }),
  })
  .openapi('NewSuppression');

const route = createRoute({
  method: 'put',
  path: '/api/v1/findings/{id}/suppression',
  tags: ['findings'],
  summary: 'Suppress a finding for a while',
  request: {
    params: z.strictObject({ id: digestSchema }),
    query: tenantQuery,
    body: { required: true, content: { 'application/json': { schema: body } } },
  },
  responses: { 200: json(findingSchema, 'As it is now'), ...problems },
});

export const putFindingsIdSuppression: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    const { reason, until } = c.req.valid('json');
    const why = { reason, until: new Date(until) };
    const row = await inBody(() => deps.administration.findings.suppress(tenant_id, c.req.valid('param').id, why, c.var.caller.user_id));
    return c.json(findingResource({ ...row, tenant_id }), 200);
  });
};

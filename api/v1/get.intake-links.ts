import { createRoute, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { intakeLinkResource, intakeLinkSchema, intakeOf } from '../schemas/intake.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/intake-links',
  tags: ['stored-credentials'],
  summary: 'Intake links of a tenant, without tokens and codes',
  request: { query: tenantQuery },
  responses: { 200: json(z.strictObject({ items: z.array(intakeLinkSchema).readonly() }), 'Newest first'), ...problems },
});

export const getIntakeLinks: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const links = await intakeOf(deps).list(c.req.valid('query').tenant_id);
    return c.json({ items: links.map(intakeLinkResource) }, 200);
  });
};

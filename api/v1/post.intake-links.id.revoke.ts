import { refuseBody } from '../middleware/body.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { intakeOf } from '../schemas/intake.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/intake-links/{id}/revoke',
  tags: ['stored-credentials'],
  summary: 'Close an intake link that is open',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: {
    200: json(z.strictObject({ id: z.string(), state: z.literal('revoked') }).openapi('RevokedIntakeLink'), 'Closed'),
    ...problems,
  },
});

export const postIntakeLinksIdRevoke: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    await intakeOf(deps).revoke(c.req.valid('query').tenant_id, id, c.var.caller.user_id);
    return c.json({ id, state: 'revoked' as const }, 200);
  });
};

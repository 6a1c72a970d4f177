/** CRED-21: a single-use link by which a customer hands a credential over himself. Token and code are in this answer, and nowhere else. */
import { intakeLink } from '../intake-link.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, time, z } from '../schemas/common.ts';
import { inBody } from '../schemas/edit.ts';
import { intakeOf } from '../schemas/intake.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/connector-instances/{id}/intake-links',
  tags: ['stored-credentials'],
  summary: 'Make an intake link',
  request: {
    params: z.strictObject({ id: instanceIdSchema }),
    query: tenantQuery,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ kind: z.string().min(1).max(64), hours: z.int().min(1).max(168).default(24) }).openapi('NewIntakeLink'),
        },
      },
    },
  },
  responses: {
    201: json(
      z
        .strictObject({
          id: z.string(),
          link: z.string().openapi({ description: 'To the customer: the page, with the token behind the `#`.' }),
          path: z.string().openapi({ description: 'The same without the server.' }),
          code: z.string().openapi({ description: 'To the customer too, by another way.' }),
          expires_at: time,
        })
        .openapi('MadeIntakeLink'),
      'Shown once',
    ),
    ...problems,
  },
});

export const postConnectorInstancesIdIntakeLinks: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const intake = intakeOf(deps);
    const { id, token, code, expires_at } = await inBody(() =>
      intake.create(c.req.valid('query').tenant_id, c.req.valid('param').id, c.req.valid('json'), c.var.caller.user_id),
    );
    return c.json({ id, link: intakeLink(deps, c, token), path: `/intake#${token}`, code, expires_at: expires_at.toISOString() }, 201);
  });
};

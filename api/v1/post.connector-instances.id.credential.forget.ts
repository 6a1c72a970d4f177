/** After a revocation or a deletion: an operator decides that the connection goes back to its provider. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema } from '../schemas/credential.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/connector-instances/{id}/credential/forget',
  tags: ['stored-credentials'],
  summary: 'Let the provider serve the instance alone again',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(credentialSchema, 'Presence, never a value'), ...problems },
});

export const postConnectorInstancesIdCredentialForget: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    return c.json(
      credentialResource(await deps.administration.credentials.forget(tenant_id, c.req.valid('param').id, c.var.caller.user_id)),
      200,
    );
  });
};

/** CRED-12: launches are refused from now on, and the data key is destroyed. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema } from '../schemas/credential.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/connector-instances/{id}/credential/revoke',
  tags: ['stored-credentials'],
  summary: 'Revoke the stored credential',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(credentialSchema, 'Presence, never a value'), ...problems },
});

export const postConnectorInstancesIdCredentialRevoke: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    return c.json(
      credentialResource(await deps.administration.credentials.revoke(tenant_id, c.req.valid('param').id, c.var.caller.user_id)),
      200,
    );
  });
};

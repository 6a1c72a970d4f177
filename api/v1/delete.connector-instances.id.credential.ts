/** CRED-12: the data key is destroyed; launches stay refused until it is forgotten. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema } from '../schemas/credential.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/v1/connector-instances/{id}/credential',
  tags: ['stored-credentials'],
  summary: 'Delete the stored credential',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(credentialSchema, 'Presence, never a value'), ...problems },
});

export const deleteConnectorInstancesIdCredential: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    return c.json(
      credentialResource(await deps.administration.credentials.remove(tenant_id, c.req.valid('param').id, c.var.caller.user_id)),
      200,
    );
  });
};

/** API-03: presence, kind, version and names of fields; never a value. */
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema } from '../schemas/credential.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/connector-instances/{id}/credential',
  tags: ['stored-credentials'],
  summary: 'Whether a credential is stored',
  request: { params: z.strictObject({ id: instanceIdSchema }), query: tenantQuery },
  responses: { 200: json(credentialSchema, 'Presence, never a value'), ...problems },
});

export const getConnectorInstancesIdCredential: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    return c.json(credentialResource(await deps.administration.credentials.status(tenant_id, c.req.valid('param').id)), 200);
  });
};

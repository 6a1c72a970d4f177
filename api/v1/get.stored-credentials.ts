/** API-03: presence of every stored credential of a tenant. */
import { createRoute, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema } from '../schemas/credential.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/stored-credentials',
  tags: ['stored-credentials'],
  summary: 'Stored credentials of a tenant: presence only',
  request: { query: tenantQuery },
  responses: { 200: json(z.strictObject({ items: z.array(credentialSchema).readonly() }), 'In the order of their instances'), ...problems },
});

export const getStoredCredentials: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const found = await deps.administration.credentials.list(c.req.valid('query').tenant_id);
    return c.json({ items: found.map(credentialResource) }, 200);
  });
};

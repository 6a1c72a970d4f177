/** API-03: the value goes in and never comes out; the new one counts from the next run on. */
import { createRoute, instanceIdSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { credentialResource, credentialSchema, newCredentialSchema } from '../schemas/credential.ts';
import { inBody } from '../schemas/edit.ts';

const route = createRoute({
  method: 'put',
  path: '/api/v1/connector-instances/{id}/credential',
  tags: ['stored-credentials'],
  summary: 'Store a credential',
  request: {
    params: z.strictObject({ id: instanceIdSchema }),
    query: tenantQuery,
    body: { required: true, content: { 'application/json': { schema: newCredentialSchema } } },
  },
  responses: { 200: json(credentialSchema, 'Presence, never a value'), ...problems },
});

export const putConnectorInstancesIdCredential: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id } = c.req.valid('query');
    return c.json(
      credentialResource(
        await inBody(() =>
          deps.administration.credentials.put(tenant_id, c.req.valid('param').id, c.req.valid('json'), c.var.caller.user_id),
        ),
      ),
      200,
    );
  });
};

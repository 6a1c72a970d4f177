/** API-03: a tenant with its connector instances and scan scopes, made or brought to what the document says; applied twice it changes nothing. */
import { applyFileSchema } from '../schemas/apply.ts';
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { inBody } from '../schemas/edit.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/apply',
  tags: ['tenants'],
  summary: 'Make or update a tenant with its connector instances and scan scopes',
  request: { query: z.strictObject({}), body: { required: true, content: { 'application/json': { schema: applyFileSchema } } } },
  responses: {
    200: json(
      z.strictObject({ tenant_id: z.string(), instances: z.int(), scopes: z.int(), written: z.int() }).openapi('Applied'),
      'As the document says; `written` counts the rows that differed',
    ),
    ...problems,
  },
});

export const postApply: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const file = c.req.valid('json');
    const written = await inBody(() => deps.administration.apply(file, c.var.caller.user_id));
    const scopes = file.instances.reduce((sum, instance) => sum + instance.scopes.length, 0);
    return c.json({ tenant_id: file.tenant.id as string, instances: file.instances.length, scopes, written }, 200);
  });
};

/** FLOW-04: where the schedules in Temporal differ from the rows, over all tenants. It asks for each schedule: seconds for a thousand. */
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { driftResource, driftSchema } from '../schemas/drift.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/schedule-drift',
  tags: ['admin'],
  summary: 'Schedules that are not as their scopes say',
  request: { query: z.strictObject({}) },
  responses: { 200: json(driftSchema, 'In the order of their ids; empty when all are as they should be'), ...problems },
});

export const getAdminScheduleDrift: Register = (api, deps) => {
  api.openapi(route, async (c) => c.json(driftResource(await deps.administration.scopes.drift()), 200));
};

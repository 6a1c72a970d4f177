import { refuseBody } from '../middleware/body.ts';
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';
import { driftResource, driftSchema } from '../schemas/drift.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/schedule-drift/repair',
  tags: ['admin'],
  summary: 'Make Temporal follow the rows',
  middleware: [refuseBody()] as const,
  request: { query: z.strictObject({}) },
  responses: { 200: json(driftSchema, 'What was put right'), ...problems },
});

export const postAdminScheduleDriftRepair: Register = (api, deps) => {
  api.openapi(route, async (c) => c.json(driftResource(await deps.administration.scopes.repair(c.var.caller.user_id)), 200));
};

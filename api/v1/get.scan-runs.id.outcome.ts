/** API-02: how a start went, for whoever waits for it: also a start that was refused when its turn came, which leaves no run. */
import { createRoute, json, problems, type Register, runIdSchema, tenantIdSchema, z } from '../schemas/common.ts';
import { outcomeResource, outcomeSchema } from '../schemas/run.ts';

const MOST_SECONDS = 25;

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-runs/{id}/outcome',
  tags: ['scan-runs'],
  summary: 'How a start went; waits for its end when asked to',
  request: {
    params: z.strictObject({ id: runIdSchema }),
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      workflow_id: z.string().min(1).max(512).openapi({ description: 'As the start answered it.' }),
      wait_seconds: z
        .string()
        .regex(/^\d{1,2}$/, `a whole number from 0 to ${MOST_SECONDS}`)
        .transform(Number)
        .refine((seconds) => seconds <= MOST_SECONDS, `a whole number from 0 to ${MOST_SECONDS}`)
        .optional()
        .openapi({ type: 'integer', minimum: 0, maximum: MOST_SECONDS, default: 0 }),
    }),
  },
  responses: { 200: json(outcomeSchema, '`running` when the time was up first'), ...problems },
});

export const getScanRunsIdOutcome: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id, workflow_id, wait_seconds } = c.req.valid('query');
    const started = { run_id: c.req.valid('param').id, workflow_id };
    return c.json(outcomeResource(await deps.runControl.outcome(tenant_id, started, (wait_seconds ?? 0) * 1_000)), 200);
  });
};

/** API-02: a new run of the same scope, `manual_api` with `retry_of` (RUN-08). */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, startHeaders, json, problems, type Register, runIdSchema, tenantHintQuery, z } from '../schemas/common.ts';
import { startedSchema } from '../schemas/run.ts';
import { startedResource } from './links.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-runs/{id}/retry',
  tags: ['scan-runs'],
  summary: 'Run it again',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: runIdSchema }), query: tenantHintQuery, headers: startHeaders },
  responses: { 202: json(startedSchema, 'The new run is on its way'), ...problems },
});

export const postScanRunsIdRetry: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const started = await deps.runControl.retry({
      run_id: c.req.valid('param').id,
      tenant_hint: c.req.valid('query').tenant_id ?? null,
      source: c.req.valid('header')['x-sv0-source'] ?? 'api',
      user_id: c.var.caller.user_id,
      idempotency_key: c.req.valid('header')['idempotency-key'] ?? null,
    });
    const answer = startedResource(started, deps);
    return c.json(answer, 202, { location: answer.links.run });
  });
};

/** API-02, RUN-08: starts a run of a scope. `scheduled` belongs to Temporal's schedules and `deploy_gate` to the gate; no caller may claim to be one. */
import { createRoute, startHeaders, json, problems, type Register, scopeIdSchema, tenantHintQuery, z } from '../schemas/common.ts';
import { startedSchema } from '../schemas/run.ts';
import { startedResource } from './links.ts';

const body = z
  .strictObject({
    scope_id: scopeIdSchema,
    trigger: z.strictObject({ type: z.enum(['manual_api', 'iac_lifecycle']) }),
    /** RUN-11: a person's start ends a cooldown early, audited. */
    override_cooldown: z.boolean().optional(),
  })
  .openapi('StartScan');

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-runs',
  tags: ['scan-runs'],
  summary: 'Start a run of a scope',
  request: {
    query: tenantHintQuery,
    headers: startHeaders,
    body: { required: true, content: { 'application/json': { schema: body } } },
  },
  responses: { 202: json(startedSchema, 'The run is on its way'), ...problems },
});

export const postScanRuns: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const asked = c.req.valid('json');
    const started = await deps.runControl.start({
      scope_id: asked.scope_id,
      tenant_hint: c.req.valid('query').tenant_id ?? null,
      trigger_type: asked.trigger.type,
      source: c.req.valid('header')['x-sv0-source'] ?? 'api',
      user_id: c.var.caller.user_id,
      override_cooldown: asked.override_cooldown ?? false,
      idempotency_key: c.req.valid('header')['idempotency-key'] ?? null,
    });
    const answer = startedResource(started, deps);
    return c.json(answer, 202, { location: answer.links.run });
  });
};

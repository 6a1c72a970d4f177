/** GATE-05: how far a gate is, and what it came to; for super-admins. */
import { GATE_STAGE_NAMES, type GateStage } from '../../domain/gate/stages.ts';
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';

const counts = { succeeded: z.int(), skipped: z.int(), failed: z.int() };

const stateSchema = z
  .strictObject({
    gate_id: z.string(),
    workflow_id: z.string(),
    status: z.enum(['running', 'completed', 'failed', 'cancelled']),
    /** Null when no worker answers in time, or the gate ended without a summary. */
    progress: z.strictObject({ tenants: z.int(), done: z.int(), ...counts, batches_in_flight: z.int() }).nullable(),
    summary: z
      .strictObject({
        gate_id: z.string(),
        stages: z.array(z.enum(GATE_STAGE_NAMES as readonly [GateStage, ...GateStage[]])).readonly(),
        builder_version: z.string(),
        tenants: z.int(),
        ...counts,
        stale_before: z.int(),
        stale_after: z.int(),
        failures: z
          .array(z.strictObject({ tenant_id: z.string().nullable(), run_id: z.string().nullable(), reason: z.string() }))
          .readonly(),
      })
      .nullable(),
    failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .openapi('GateState');

const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/rematerialize/{id}',
  tags: ['admin'],
  summary: 'A gate: its progress, and its summary when it is over',
  request: { params: z.strictObject({ id: z.string().min(1).max(128) }), query: z.strictObject({}) },
  responses: { 200: json(stateSchema, 'As it is now'), ...problems },
});

export const getAdminRematerializeId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { gate_id, workflow_id, status, progress, summary, failure } = await deps.gate.get(c.req.valid('param').id);
    return c.json(
      {
        gate_id,
        workflow_id,
        status,
        progress,
        summary:
          summary === null
            ? null
            : {
                ...summary,
                failures: summary.failures.map((one) => ({
                  ...one,
                  tenant_id: one.tenant_id as string | null,
                  run_id: one.run_id as string | null,
                })),
              },
        failure,
      },
      200,
    );
  });
};

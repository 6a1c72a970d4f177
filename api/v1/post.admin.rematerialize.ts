/** GATE-01, GATE-07: the deploy gate; the one route that its own role opens. */
import { InvalidInputError } from '../../domain/errors.ts';
import { GATE_STAGE_NAMES, type GateStage } from '../../domain/gate/stages.ts';
import { createRoute, idempotencyHeader, json, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { inBody } from '../schemas/edit.ts';

const body = z
  .strictObject({
    stages: z
      .array(z.enum(GATE_STAGE_NAMES as readonly [GateStage, ...GateStage[]]))
      .min(1)
      .max(10)
      .optional(),
    /** Left out: every active tenant. */
    tenants: z.array(tenantIdSchema).min(1).max(1_000).optional(),
    expect_builder_version: z.string().min(1).max(200).optional(),
  })
  .openapi('Rematerialize');

const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/rematerialize',
  tags: ['admin'],
  summary: 'Rebuild what is derived, for every active tenant or those named',
  request: {
    query: z.strictObject({}),
    headers: idempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: body } } },
  },
  responses: {
    202: json(z.strictObject({ gate_id: z.string(), workflow_id: z.string() }).openapi('GateStarted'), 'The gate is on its way'),
    ...problems,
  },
});

export const postAdminRematerialize: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    // Every field has a meaning when it is left out: the body itself must be said.
    if (!c.req.header('content-type')?.startsWith('application/json'))
      throw new InvalidInputError('the body is missing', {
        code: 'INVALID_REQUEST',
        field: 'body',
        expected: 'a JSON object; {} for every tenant',
      });
    const { stages, tenants, expect_builder_version } = c.req.valid('json');
    const { gate_id, workflow_id } = await inBody(() =>
      deps.gate.start({
        stages: stages ?? GATE_STAGE_NAMES,
        tenants: tenants ?? null,
        expect_builder_version: expect_builder_version ?? null,
        user_id: c.var.caller.user_id,
        idempotency_key: c.req.valid('header')['idempotency-key'] ?? null,
      }),
    );
    return c.json({ gate_id, workflow_id }, 202);
  });
};

/** API-02: asks a run to stop. It ends `failed` with the reason `cancelled` (RUN-02) once its workflow has wound up. */
import { refuseBody } from '../middleware/body.ts';
import { createRoute, json, problems, type Register, runIdSchema, sourceHeader, tenantHintQuery, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/scan-runs/{id}/cancel',
  tags: ['scan-runs'],
  summary: 'Ask a run to stop',
  middleware: [refuseBody()] as const,
  request: { params: z.strictObject({ id: runIdSchema }), query: tenantHintQuery, headers: sourceHeader },
  responses: {
    202: json(
      z.strictObject({ run_id: z.string(), links: z.strictObject({ run: z.string(), page: z.string() }) }).openapi('Cancelling'),
      'The run was asked to stop',
    ),
    ...problems,
  },
});

export const postScanRunsIdCancel: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    await deps.runControl.cancel({
      run_id: id,
      tenant_hint: c.req.valid('query').tenant_id ?? null,
      source: c.req.valid('header')['x-sv0-source'] ?? 'api',
      user_id: c.var.caller.user_id,
    });
    const run = encodeURIComponent(id);
    return c.json({ run_id: id as string, links: { run: `/api/v1/scan-runs/${run}`, page: `/operations/runs/${run}` } }, 202);
  });
};

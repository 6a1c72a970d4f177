import { timePosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import { connectorKind } from '../schemas/names.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, scopeIdSchema, tenantIdSchema, z } from '../schemas/common.ts';
import { runResource, runSchema } from '../schemas/run.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/scan-runs',
  tags: ['scan-runs'],
  summary: 'Runs of a tenant, newest first',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      status: z.enum(RUN_STATUSES).optional(),
      connector: connectorKind.optional(),
      scope_id: scopeIdSchema.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(runSchema), 'One page'), ...problems },
});

const list = listing('scan-runs', timePosition);

export const getScanRuns: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.runs(query.tenant_id, filter, page), runResource), 200);
  });
};

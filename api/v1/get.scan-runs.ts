import { cursorCodec, timePosition } from '../cursor.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import { connectorKind } from '../schemas/names.ts';
import {
  createRoute,
  DEFAULT_LIMIT,
  json,
  listOf,
  pageQuery,
  problems,
  type Register,
  scopeIdSchema,
  tenantIdSchema,
  z,
} from '../schemas/common.ts';
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

const cursors = cursorCodec('scan-runs', timePosition);

export const getScanRuns: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, status: query.status, connector: query.connector, scope_id: query.scope_id };
    const page = await deps.views.tenant.runs(
      query.tenant_id,
      {
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.connector === undefined ? {} : { connector: query.connector }),
        ...(query.scope_id === undefined ? {} : { scope_id: query.scope_id }),
      },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json({ items: page.items.map(runResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) }, 200);
  });
};

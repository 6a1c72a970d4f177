/** CRED-05: whose a globally unique row is, for callers who know the row and not its tenant; every read after that names the tenant. */
import { NotFoundError } from '../../domain/errors.ts';
import { ROW_ID } from '../../domain/ids.ts';
import { OWNED_KINDS } from '../ports.ts';
import { createRoute, json, problems, type Register, z } from '../schemas/common.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/tenants/owner/{kind}/{id}',
  tags: ['tenants'],
  summary: 'Whose a run, a scan scope, a connector instance or a finding is',
  request: {
    params: z.strictObject({ kind: z.enum(OWNED_KINDS), id: z.string().regex(ROW_ID.pattern, ROW_ID.words) }),
    query: z.strictObject({}),
  },
  responses: { 200: json(z.strictObject({ tenant_id: z.string() }).openapi('Owner'), 'Its tenant'), ...problems },
});

export const getTenantsOwnerKindId: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { kind, id } = c.req.valid('param');
    const tenant_id = await deps.views.operator.ownerOf(kind, id);
    if (tenant_id === null) throw new NotFoundError(kind, id);
    return c.json({ tenant_id: tenant_id as string }, 200);
  });
};

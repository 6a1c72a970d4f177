/** CRED-08: walks over a tenant's whole chain of audit records. */
import { createRoute, json, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';

const anchor = z.strictObject({ seq: z.int(), hash: z.string() });

const route = createRoute({
  method: 'get',
  path: '/api/v1/audit-records/verdict',
  tags: ['audit'],
  summary: 'Whether a tenant’s audit log is whole',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      anchor: z
        .string()
        .regex(/^[1-9]\d{0,14}:[0-9a-f]{64}$/, '<seq>:<hash>')
        .optional()
        .openapi({ description: 'A head that an earlier verdict named, `<seq>:<hash>`: it must still be in the chain.' }),
    }),
  },
  responses: {
    200: json(
      z
        .discriminatedUnion('intact', [
          z.strictObject({ intact: z.literal(true), records: z.int(), head: anchor.nullable() }),
          z.strictObject({ intact: z.literal(false), seq: z.int(), problem: z.enum(['missing', 'changed', 'unlinked']) }),
        ])
        .openapi('AuditVerdict'),
      'Whole, or the first record that is wrong',
    ),
    ...problems,
  },
});

export const getAuditRecordsVerdict: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id, anchor: named } = c.req.valid('query');
    const [seq = '', hash = ''] = named?.split(':') ?? [];
    return c.json(await deps.views.tenant.auditVerdict(tenant_id, named === undefined ? undefined : { seq: Number(seq), hash }), 200);
  });
};

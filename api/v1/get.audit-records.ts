/** CRED-08: who did what, newest first: names, ids and versions, never a value. */
import type { AuditRecord } from '../../domain/views/types.ts';
import { seqPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, time, z } from '../schemas/common.ts';

const auditSchema = z
  .strictObject({
    tenant_id: z.string(),
    seq: z.int(),
    at: time,
    action: z.string(),
    outcome: z.enum(['attempted', 'granted', 'refused', 'done']),
    actor: z.string(),
    subject: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string()).readonly(), z.null()])),
    previous: z.string(),
    hash: z.string(),
  })
  .openapi('AuditRecord');

const route = createRoute({
  method: 'get',
  path: '/api/v1/audit-records',
  tags: ['audit'],
  summary: 'Audit records of a tenant',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      action: z
        .string()
        .regex(/^[a-z][a-z0-9_.]{0,63}$/)
        .optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(auditSchema), 'One page, newest first'), ...problems },
});

const list = listing('audit-records', seqPosition);

export const getAuditRecords: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.auditRecords(query.tenant_id, filter, page), auditResource), 200);
  });
};

const auditResource = ({ tenant_id, at, subject, ...record }: AuditRecord) => ({
  ...record,
  tenant_id: tenant_id as string,
  at: at.toISOString(),
  subject: { ...subject },
});

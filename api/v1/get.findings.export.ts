/** Findings of a tenant for other tools, streamed. Taking them away is an audited act, as taking a pack is. */
import { EXPORT_FORMATS, EXPORT_MEDIA_TYPES, exportFindings } from '../../domain/findings/export.ts';
import { SEVERITIES } from '../../domain/rules/types.ts';
import { createRoute, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { ruleName } from '../schemas/names.ts';

const PAGE = 200;
const document = { schema: z.string() };

const route = createRoute({
  method: 'get',
  path: '/api/v1/findings/export',
  tags: ['findings'],
  summary: 'Every finding of a tenant as one document: OCSF 1.3 events or records as JSON Lines, or CSV',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      format: z.enum(EXPORT_FORMATS),
      status: z.enum(['open', 'resolved']).optional(),
      severity: z.enum(SEVERITIES).optional(),
      rule_id: ruleName.optional(),
    }),
  },
  responses: {
    200: {
      description: 'Most severe first, then newest. A stream that breaks off is not whole: it ends without the last chunk of the transfer.',
      content: { 'application/x-ndjson': document, 'text/csv': document },
    },
    ...problems,
  },
});

export const getFindingsExport: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { tenant_id, format, status, severity, rule_id } = c.req.valid('query');
    const filter = {
      ...(status === undefined ? {} : { status }),
      ...(severity === undefined ? {} : { severity }),
      ...(rule_id === undefined ? {} : { rule_id }),
    };
    const lines = exportFindings({
      format,
      page: (after) => deps.views.tenant.findings(tenant_id, filter, { limit: PAGE, ...(after === undefined ? {} : { after }) }),
      ruleOf: (id) => deps.rules.get(id),
      product_version: deps.version,
      now: deps.now(),
    });
    // The first page before the first byte: what fails at once is answered as a problem.
    const first = await lines.next();
    await deps.audit.record(tenant_id, { action: 'findings_exported', actor: c.var.caller.user_id, subject: { format, ...filter } });
    const encoder = new TextEncoder();
    async function* bytes(): AsyncGenerator<Uint8Array> {
      if (first.done !== true) yield encoder.encode(first.value);
      for await (const chunk of lines) yield encoder.encode(chunk);
    }
    return c.body(ReadableStream.from(bytes()) as never, 200, {
      'content-type': EXPORT_MEDIA_TYPES[format],
      'content-disposition': `attachment; filename="findings-${tenant_id.replaceAll(':', '-')}.${format === 'csv' ? 'csv' : 'jsonl'}"`,
    });
  });
};

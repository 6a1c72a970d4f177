import { cursorCodec, findingPosition } from '../cursor.ts';
import { SEVERITIES } from '../../domain/rules/types.ts';
import { ruleName } from '../schemas/names.ts';
import { createRoute, DEFAULT_LIMIT, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { findingResource, findingSchema } from '../schemas/finding.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/findings',
  tags: ['findings'],
  summary: 'Findings of a tenant, most severe first, then newest',
  request: {
    query: z.strictObject({
      tenant_id: tenantIdSchema,
      status: z.enum(['open', 'resolved']).optional(),
      severity: z.enum(SEVERITIES).optional(),
      rule_id: ruleName.optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(listOf(findingSchema), 'One page'), ...problems },
});

const cursors = cursorCodec('findings', findingPosition);

export const getFindings: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const bound = { tenant_id: query.tenant_id, status: query.status, severity: query.severity, rule_id: query.rule_id };
    const page = await deps.views.tenant.findings(
      query.tenant_id,
      {
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.severity === undefined ? {} : { severity: query.severity }),
        ...(query.rule_id === undefined ? {} : { rule_id: query.rule_id }),
      },
      { limit: query.limit ?? DEFAULT_LIMIT, ...(query.cursor === undefined ? {} : { after: cursors.decode(bound, query.cursor) }) },
    );
    return c.json(
      { items: page.items.map(findingResource), next_cursor: page.next === null ? null : cursors.encode(bound, page.next) },
      200,
    );
  });
};

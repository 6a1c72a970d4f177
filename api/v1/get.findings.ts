import { findingPosition } from '../cursor.ts';
import { listing } from '../listing.ts';
import { SEVERITIES } from '../../domain/rules/types.ts';
import { ruleName } from '../schemas/names.ts';
import { createRoute, json, listOf, pageQuery, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
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

const list = listing('findings', findingPosition);

export const getFindings: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return c.json(await list(query, (filter, page) => deps.views.tenant.findings(query.tenant_id, filter, page), findingResource), 200);
  });
};

import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { ENTRA_APP_ROLE_ASSIGNMENTS, ENTRA_GROUPS, ENTRA_SERVICE_PRINCIPALS } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { SELF_GRANTING_GRAPH_ROLES } from './lib/privileged.ts';
import { isGraphRole } from './lib/privileges.ts';
import { isEnabled, text } from './lib/state.ts';
import type { RuleContext } from './types.ts';

const reads = [ENTRA_SERVICE_PRINCIPALS, ENTRA_APP_ROLE_ASSIGNMENTS, ENTRA_GROUPS];

export const privilegedGraphRole = defineRule(
  {
    id: 'privileged_graph_role',
    version: 1,
    title: 'An application that can grant itself more',
    severity: 'critical',
    rationale:
      'It holds, itself or through a group, an application permission of Microsoft Graph with which it can give itself or what it controls further ' +
      'permissions, up to Global Administrator, without any person consenting.',
    remediation:
      'Replace the permission by the narrowest one that the application needs (for its own objects, `Application.ReadWrite.OwnedBy`), or separate the task that needs it.',
    frameworks: { 'OWASP-NHI': ['NHI5:2025'] },
    identity_fields: ['principal'],
    reads,
  },
  function* (context) {
    for (const subject of context.entitiesOf('identity', 'service_principal')) {
      const grants = isEnabled(subject) === false ? [] : graphGrants(context, subject.id);
      if (grants.length > 0) {
        yield {
          verdict: 'finding',
          subject,
          facts: { permissions: listed(grants.map((grant) => grant.value)) },
          proof: { edges: grants.flatMap((grant) => grant.edges) },
        };
        continue;
      }
      const missing = unread(context, reads, subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

/** Assignments are direct or to a group of the service principal; nested groups get no application permissions (Graph, appRoleAssignment). */
function graphGrants(context: RuleContext, principal: string): readonly { readonly value: string; readonly edges: readonly string[] }[] {
  const holders = [
    { id: principal, by: [] as readonly string[] },
    ...context.out(principal, 'MEMBER_OF').map((edge) => ({ id: edge.to, by: [edge.id] })),
  ];
  return holders.flatMap(({ id, by }) =>
    context.out(id, 'GRANTS').flatMap((edge) => {
      const role = context.entity(edge.to);
      const value = role?.subtype === 'app_role' && isGraphRole(role) ? (text(role, 'value') ?? '') : '';
      return SELF_GRANTING_GRAPH_ROLES.has(value) ? [{ value, edges: [...by, edge.id] }] : [];
    }),
  );
}

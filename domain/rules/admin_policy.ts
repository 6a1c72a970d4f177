import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { administers } from './lib/iam/admin.ts';
import { managedPrincipals } from './lib/iam/principals.ts';
import { policiesOf } from './lib/iam/statements.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { text } from './lib/state.ts';

export const adminPolicy = defineRule(
  {
    id: 'admin_policy',
    version: 1,
    title: 'Every action on every resource',
    severity: 'critical',
    rationale:
      'Policies of this principal, or of its groups, allow `*` on `*`, and neither an explicit deny nor its permissions boundary takes that away. ' +
      'Whoever controls it controls the account. Organization policies are not read: they could narrow it.',
    remediation: 'Grant the actions that it was seen to need (IAM Access Analyzer can propose them), and set a permissions boundary.',
    frameworks: { 'OWASP-NHI': ['NHI5:2025'], 'CIS-AWS-3.0.0': ['1.16'] },
    identity_fields: ['principal'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const subject of managedPrincipals(context)) {
      const missing = unread(context, [AWS_IAM], subject.source_tenant);
      if (missing !== undefined) {
        yield { verdict: 'not_evaluated', subject, missing };
        continue;
      }
      const { decision, by } = administers(context, subject);
      if (decision === 'unknown') yield { verdict: 'not_evaluated', subject, missing: 'the values of policy conditions or a boundary' };
      else if (decision === 'no') yield { verdict: 'clear', subject };
      else {
        const granting = new Set(by.map((statement) => statement.entity.id));
        const edges = policiesOf(context, subject).edges.filter((edge) => edge.type === 'MEMBER_OF' || granting.has(edge.to));
        yield {
          verdict: 'finding',
          subject,
          facts: {
            policies: listed(by.map(({ entity }) => text(entity, 'policy_name') ?? entity.display_name)),
            conditional: by.every((statement) => statement.condition_keys.length > 0),
          },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      }
    }
  },
);

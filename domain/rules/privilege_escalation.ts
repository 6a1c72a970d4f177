import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { administers } from './lib/iam/admin.ts';
import { administrationBehind } from './lib/iam/administrators.ts';
import { openMethods, unreadFunctions } from './lib/iam/escalation.ts';
import { managedPrincipals } from './lib/iam/principals.ts';
import { policiesOf } from './lib/iam/statements.ts';
import { AWS_IAM, AWS_LAMBDA } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { text } from './lib/state.ts';

export const privilegeEscalation = defineRule(
  {
    id: 'privilege_escalation',
    version: 2,
    title: 'Can give itself more authority in AWS',
    severity: 'critical',
    rationale:
      'What its policies allow together is a known way to more authority: writing a policy of its own, taking over another principal, or ' +
      'passing a role to a service that runs its code. Denies, NotAction and the permissions boundary are considered; administrators are left to admin_policy.',
    remediation:
      'Take away one action of each method, or narrow its resources: `iam:PassRole` to named roles with `iam:PassedToService`, policy writes ' +
      'to paths under a permissions boundary.',
    frameworks: { 'OWASP-NHI': ['NHI5:2025'] },
    identity_fields: ['principal'],
    reads: [AWS_IAM, AWS_LAMBDA],
  },
  function* (context) {
    for (const subject of managedPrincipals(context)) {
      const missing = unread(context, [AWS_IAM], subject.source_tenant);
      if (missing !== undefined) {
        yield { verdict: 'not_evaluated', subject, missing };
        continue;
      }
      if (administers(context, subject).decision === 'yes') {
        yield { verdict: 'clear', subject };
        continue;
      }
      const open = openMethods(context, subject);
      const certain = open.filter((one) => one.decision === 'yes');
      if (certain.length === 0) {
        if (open.length === 0) yield { verdict: 'clear', subject };
        else {
          const ofFunctions = open.every((one) => one.method.needs.some((need) => need.on === 'function'));
          const functions = ofFunctions ? unreadFunctions(context, subject) : undefined;
          yield { verdict: 'not_evaluated', subject, missing: functions ?? 'the values of policy conditions or a boundary' };
        }
        continue;
      }
      const by = certain.flatMap((one) => one.by);
      const granting = new Set(by.map((statement) => statement.entity.id));
      const edges = policiesOf(context, subject).edges.filter((edge) => edge.type === 'MEMBER_OF' || granting.has(edge.to));
      const behind = administrationBehind(context, subject, listed(certain.flatMap((one) => one.targets)));
      yield {
        verdict: 'finding',
        subject,
        facts: {
          methods: listed(certain.map((one) => one.method.id)),
          ways: listed(certain.map((one) => one.method.title)),
          policies: listed(by.map(({ entity }) => text(entity, 'policy_name') ?? entity.display_name)),
        },
        proof: { edges: [...edges, ...behind].map((edge) => edge.id) },
      };
    }
  },
);

import { isActiveKey } from './lib/access-keys.ts';
import { unread } from './lib/coverage.ts';
import { instant, isoDay, olderThan } from './lib/dates.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';

const MAX_DAYS = 90;

export const awsAccessKeyNotRotated = defineRule(
  {
    id: 'aws_access_key_not_rotated',
    version: 1,
    title: 'An active AWS access key is older than 90 days',
    severity: 'medium',
    rationale: 'An access key never expires by itself. Every place that ever held a copy of it can still use it.',
    remediation:
      'Replace the key by a role (instance, function, OIDC federation, Roles Anywhere). Where a key must stay, rotate it and delete the old one.',
    frameworks: { 'OWASP-NHI': ['NHI7:2025'], 'CIS-AWS-3.0.0': ['1.14'] },
    identity_fields: ['credential'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const subject of context.entitiesOf('credential', 'iam_access_key')) {
      const active = isActiveKey(subject);
      const created = instant(subject, 'created_at');
      if (active === true && created instanceof Date && olderThan(created, MAX_DAYS, context.today)) {
        yield {
          verdict: 'finding',
          subject,
          facts: { created: isoDay(created) },
          proof: { edges: context.in(subject.id, 'HAS_CREDENTIAL').map((edge) => edge.id) },
        };
        continue;
      }
      const known = active === false || (active === true && created instanceof Date);
      const missing = known ? unread(context, [AWS_IAM], subject.source_tenant) : 'its status and age';
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

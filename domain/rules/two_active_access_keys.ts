import { isActiveKey } from './lib/access-keys.ts';
import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { listed } from './lib/order.ts';

export const twoActiveAccessKeys = defineRule(
  {
    id: 'two_active_access_keys',
    version: 1,
    title: 'A user has two active access keys',
    severity: 'low',
    rationale: 'The second key is for the days of a rotation. Left active it doubles what can leak, and hides which key is in use.',
    remediation: 'Find by their last use which key is not needed, make it inactive, and delete it.',
    frameworks: { 'CIS-AWS-3.0.0': ['1.13'] },
    identity_fields: ['user'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const subject of context.entitiesOf('identity', 'iam_user')) {
      const keys = context.out(subject.id, 'HAS_CREDENTIAL').filter((edge) => context.entity(edge.to)?.subtype === 'iam_access_key');
      const states = keys.map((edge) => {
        const key = context.entity(edge.to);
        return key === undefined ? undefined : isActiveKey(key);
      });
      const active = keys.filter((_, n) => states[n] === true);
      if (active.length > 1) {
        yield {
          verdict: 'finding',
          subject,
          facts: { keys: listed(active.map((edge) => context.entity(edge.to)?.display_name ?? edge.to)) },
          proof: { edges: active.map((edge) => edge.id) },
        };
        continue;
      }
      const missing = states.includes(undefined) ? 'the status of its access keys' : unread(context, [AWS_IAM], subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

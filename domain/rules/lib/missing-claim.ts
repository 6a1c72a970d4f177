/** What a trust without a condition on one claim of the token is: the two rules about it differ in the claim alone. */
import { unread } from './coverage.ts';
import type { defineRule } from './define.ts';
import { AWS_IAM } from './inputs.ts';
import { roleTrusts } from './oidc.ts';
import { listed } from './order.ts';

export const withoutCondition = (claim: 'audiences' | 'subjects'): Parameters<typeof defineRule>[1] =>
  function* (context) {
    for (const { subject, trust, edges, roles } of roleTrusts(context)) {
      if (trust === undefined) yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
      else if (trust[claim].length === 0 && !trust.other_conditions) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer: trust.issuer, roles: listed(roles) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (trust[claim].length === 0) yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else {
        const missing = unread(context, [AWS_IAM], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  };

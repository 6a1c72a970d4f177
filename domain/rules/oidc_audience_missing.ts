import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { roleTrusts } from './lib/oidc.ts';
import { listed } from './lib/order.ts';

export const oidcAudienceMissing = defineRule(
  {
    id: 'oidc_audience_missing',
    version: 1,
    title: 'An OIDC trust that accepts tokens made for others',
    severity: 'critical',
    rationale:
      'The trust has no condition on the audience: a token that the same workload asked for to sign in elsewhere can be replayed here by whoever received it.',
    remediation:
      'Require the audience that the workload asks for (`sts.amazonaws.com` for GitHub Actions) with `StringEquals` on the `aud` claim.',
    frameworks: { 'OWASP-NHI': ['NHI6:2025'] },
    identity_fields: ['trust'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const { subject, trust, edges, roles } of roleTrusts(context)) {
      if (trust === undefined) yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
      else if (trust.audiences.length === 0 && !trust.other_conditions) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer: trust.issuer, roles: listed(roles) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (trust.audiences.length === 0) yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else {
        const missing = unread(context, [AWS_IAM], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  },
);

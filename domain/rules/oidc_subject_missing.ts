import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { roleTrusts } from './lib/oidc.ts';
import { listed } from './lib/order.ts';

export const oidcSubjectMissing = defineRule(
  {
    id: 'oidc_subject_missing',
    version: 1,
    title: 'An OIDC trust that accepts any subject',
    severity: 'critical',
    rationale:
      "The trust has no condition on the token's subject. Anyone who can get a token of this issuer for this audience gets the role; for a shared issuer (GitHub, Entra) that is anyone. An audience names the API, not the caller.",
    remediation: 'Require the exact `sub` of the caller with `StringEquals`.',
    frameworks: { 'OWASP-NHI': ['NHI6:2025'] },
    identity_fields: ['trust'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const { subject, trust, edges, roles } of roleTrusts(context)) {
      if (trust === undefined) yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
      else if (trust.subjects.length === 0 && !trust.other_conditions) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer: trust.issuer, roles: listed(roles) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (trust.subjects.length === 0) yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else {
        const missing = unread(context, [AWS_IAM], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  },
);

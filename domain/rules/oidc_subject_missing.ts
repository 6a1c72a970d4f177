import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { withoutCondition } from './lib/missing-claim.ts';

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
  withoutCondition('subjects'),
);

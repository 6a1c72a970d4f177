import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { withoutCondition } from './lib/missing-claim.ts';

export const oidcAudienceMissing = defineRule(
  {
    id: 'oidc_audience_missing',
    version: 2,
    title: 'An OIDC trust that accepts tokens made for others',
    severity: 'critical',
    rationale:
      'The trust has no condition on the audience, or one that takes every text: a token that the same workload asked for to sign in elsewhere can be replayed here by whoever received it.',
    remediation:
      'Require the audience that the workload asks for (`sts.amazonaws.com` for GitHub Actions) with `StringEquals` on the `aud` claim.',
    frameworks: { 'OWASP-NHI': ['NHI6:2025'] },
    identity_fields: ['trust'],
    reads: [AWS_IAM],
  },
  withoutCondition('audiences'),
);

import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { roleTrusts, subjectReach } from './lib/oidc.ts';
import { listed } from './lib/order.ts';

export const oidcSubjectWildcard = defineRule(
  {
    id: 'oidc_subject_wildcard',
    version: 2,
    title: 'An OIDC trust whose wildcard lets others in',
    severity: 'critical',
    rationale:
      "A pattern on the token's subject leaves open which repository, project or account asks: whoever can make one that matches gets the role. " +
      'A wildcard for the branches of one named repository is no finding.',
    remediation: 'Name the repository and the branch or environment in full, with `StringEquals` on the `sub` claim.',
    frameworks: { 'OWASP-NHI': ['NHI6:2025'] },
    identity_fields: ['trust'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const { subject, trust, edges, roles } of roleTrusts(context)) {
      // Two operators on one key are an AND: beside exact values a pattern lets in nobody more (IAM User Guide, "Conditions with multiple
      // context keys or values").
      const exact = trust?.subjects.some(({ op }) => op === 'StringEquals') === true;
      const claims = trust === undefined || exact ? [] : trust.subjects;
      const reaches = claims.map((claim) => ({ claim, reach: subjectReach(trust?.issuer ?? '', claim) }));
      const open = reaches.filter(({ reach }) => reach === 'open');
      if (trust === undefined) yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
      else if (open.length > 0 && !trust.other_conditions) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer: trust.issuer, patterns: listed(open.map(({ claim }) => claim.value)), roles: listed(roles) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (open.length > 0) yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else if (reaches.some(({ reach }) => reach === 'undecided'))
        yield { verdict: 'not_evaluated', subject, missing: "the form of this issuer's subjects" };
      else {
        const missing = unread(context, [AWS_IAM], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  },
);

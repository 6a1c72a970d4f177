import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM, ENTRA_FEDERATED_CREDENTIALS } from './lib/inputs.ts';
import { reachedTrusts } from './lib/oidc-reach.ts';
import { listed } from './lib/order.ts';
import type { SubjectReach } from './lib/subject-reach.ts';

const WHY: Readonly<Record<Exclude<SubjectReach, 'bound' | 'open'>, string>> = {
  undecided: "the form of this issuer's subjects",
  reusable: 'who may call the reusable workflow that it names',
};

export const oidcSubjectWildcard = defineRule(
  {
    id: 'oidc_subject_wildcard',
    version: 3,
    title: 'An OIDC trust whose subject lets others in',
    severity: 'critical',
    rationale:
      "The condition on the token's subject leaves open which repository, project or account asks: by a wildcard, or because it names none " +
      '(`environment:production` alone: GitHub lets every repository choose what its subjects hold). Whoever can make one that matches gets the ' +
      'role. A wildcard for the branches of one named repository is no finding.',
    remediation:
      'Name the repository and the branch or environment in full, with `StringEquals` on the `sub` claim; in an Entra ' +
      'expression, ask for `repository_id` too.',
    frameworks: { 'OWASP-NHI': ['NHI6:2025'] },
    identity_fields: ['trust'],
    reads: [AWS_IAM, ENTRA_FEDERATED_CREDENTIALS],
  },
  function* (context) {
    for (const trust of reachedTrusts(context)) {
      const { subject, reach } = trust;
      if (reach === undefined) {
        yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
        continue;
      }
      const { issuer, patterns, narrowed, trusting, edges, input } = trust;
      if (reach === 'open' && !narrowed) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer, patterns: listed(patterns), roles: listed(trusting) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (reach === 'open') yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else if (reach !== 'bound') yield { verdict: 'not_evaluated', subject, missing: WHY[reach] };
      else {
        const missing = unread(context, [input], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  },
);

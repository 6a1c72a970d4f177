/** What a trust without a condition on one claim of the token is: the two rules about it differ in the claim alone. */
import type { OidcTrust } from '../../stitching/keys.ts';
import { unread } from './coverage.ts';
import type { defineRule } from './define.ts';
import { AWS_IAM } from './inputs.ts';
import { roleTrusts } from './oidc.ts';
import { listed } from './order.ts';

/**
 * Whether the conditions leave anything out. A pattern that takes every text is no condition on an audience; of a subject it is the matter of
 * `oidc_subject_wildcard`, which names the pattern.
 */
const asksAudience = (claims: OidcTrust['audiences']): boolean =>
  claims.some(({ op }) => op === 'StringEquals') || (claims.length > 0 && !claims.some(({ value }) => /^[*?]*\*[*?]*$/.test(value)));

export const withoutCondition = (claim: 'audiences' | 'subjects'): Parameters<typeof defineRule>[1] =>
  function* (context) {
    const asks = claim === 'audiences' ? asksAudience : (claims: OidcTrust['subjects']): boolean => claims.length > 0;
    for (const { subject, trust, edges, roles } of roleTrusts(context)) {
      if (trust === undefined) yield { verdict: 'not_evaluated', subject, missing: 'what the trust asks of a token' };
      else if (!asks(trust[claim]) && !trust.other_conditions) {
        yield {
          verdict: 'finding',
          subject,
          facts: { issuer: trust.issuer, roles: listed(roles) },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (!asks(trust[claim])) yield { verdict: 'not_evaluated', subject, missing: 'what its other conditions leave' };
      else {
        const missing = unread(context, [AWS_IAM], subject.source_tenant);
        yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
      }
    }
  };

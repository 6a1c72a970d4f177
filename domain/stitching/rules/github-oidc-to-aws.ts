import { JOIN_KEYS } from '../keys.ts';
import { isRequested, requestedSubject } from './requested-subject.ts';
import { trustedTokens } from './trusted-tokens.ts';
import { type JoinRule, NOTHING } from './types.ts';

/** A join says that some token which the workflow can get satisfies the trust; a trust without a subject condition is a finding instead. */
export const githubOidcToAws: JoinRule = {
  id: 'github_oidc_to_aws',
  number: 4,
  meaning: 'an AWS role trusts the OIDC subject of a GitHub workflow',
  left: JOIN_KEYS.oidcSubject,
  right: JOIN_KEYS.oidcTrust,
  prepare(heads, graph) {
    const trusted = trustedTokens(heads);
    return {
      unreadable: trusted.unreadable,
      answer(left) {
        const wanted = requestedSubject(left);
        return wanted === null || !isRequested(left, graph) ? NOTHING : trusted.answer(wanted.issuer, wanted.subject);
      },
    };
  },
};

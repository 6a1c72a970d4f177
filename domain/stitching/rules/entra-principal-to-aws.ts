import { JOIN_KEYS } from '../keys.ts';
import { literalSubject } from '../subject-pattern.ts';
import { trustedTokens } from './trusted-tokens.ts';
import { type JoinRule, NOTHING } from './types.ts';

/** The subject of an application's own token is its service principal's object id. The audience names the API, not the caller. */
export const entraPrincipalToAws: JoinRule = {
  id: 'entra_principal_to_aws',
  number: 5,
  meaning: 'an AWS role trusts an Entra service principal by its object id',
  left: JOIN_KEYS.entraPrincipal,
  right: JOIN_KEYS.oidcTrust,
  prepare(heads) {
    const trusted = trustedTokens(heads);
    return {
      // Rule 4 has the same right side and names what cannot be read.
      unreadable: [],
      answer(left) {
        const [tenant, principal, ...rest] = left.side.value.split('|');
        if (!tenant || !principal || rest.length > 0) return NOTHING;
        return trusted.answer(`sts.windows.net/${tenant}`, literalSubject(principal));
      },
    };
  },
};

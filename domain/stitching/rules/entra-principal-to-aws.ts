import { JOIN_KEYS } from '../keys.ts';
import { literalSubject } from '../subject-pattern.ts';
import { trustedTokens } from './trusted-tokens.ts';
import { type JoinAnswer, JOINS_PER_KEY, type JoinRule, NOTHING } from './types.ts';

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
        return everyIssuer(issuersOf(tenant).map((issuer) => trusted.answer(issuer, literalSubject(principal))));
      },
    };
  },
};

/**
 * Which of the two token versions an API gets is its own choice, so that a trust may name either issuer. Version 1: `sts.windows.net` (US Government
 * too), in China `sts.chinacloudapi.cn`; version 2: the sign-in host of the cloud (Microsoft Learn, "Access token claims reference", "National
 * clouds"), for an external tenant its own subdomain. Germany's cloud closed in 2021.
 */
const issuersOf = (tenant: string): readonly string[] => [
  `sts.windows.net/${tenant}`,
  `sts.chinacloudapi.cn/${tenant}`,
  `login.microsoftonline.com/${tenant}/v2.0`,
  `login.microsoftonline.us/${tenant}/v2.0`,
  `login.partner.microsoftonline.cn/${tenant}/v2.0`,
  `${tenant}.ciamlogin.com/${tenant}/v2.0`,
];

function everyIssuer(answers: readonly JoinAnswer[]): JoinAnswer {
  const found = answers.filter((answer) => answer !== NOTHING);
  if (found.length < 2) return found[0] ?? NOTHING;
  const matches = found.flatMap((answer) => answer.matches);
  const undecidable = found.flatMap((answer) => answer.undecidable);
  const more = found.some((answer) => answer.more) || matches.length + undecidable.length > JOINS_PER_KEY;
  return { matches: matches.slice(0, JOINS_PER_KEY), undecidable: undecidable.slice(0, JOINS_PER_KEY), unresolved: null, more };
}

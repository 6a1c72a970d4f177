import { JOIN_KEYS } from '../keys.ts';
import { issuerOf } from '../oidc-trust.ts';
import { subjectIndex, type TrustedSubject } from '../subject-index.ts';
import { literalSubject, meets, type SubjectPattern } from '../subject-pattern.ts';
import { every } from './exact.ts';
import { isRequested, requestedSubject } from './requested-subject.ts';
import { type JoinRule, type KeyedEntity, NOTHING } from './types.ts';

interface Federated {
  readonly head: KeyedEntity;
  readonly subject: SubjectPattern;
}

/**
 * Entra compares issuer and subject of a federated credential exactly; a workflow can ask for whatever audience it names. Many
 * applications may trust one subject. The subject's form (`repo:owner/name:…` or `repo:owner@id/name@id:…`) is the repository's own: GitHub
 * writes one of them into its tokens, so that the other is never read as the same.
 */
export const githubOidcToEntra: JoinRule = {
  id: 'github_oidc_to_entra',
  number: 3,
  meaning: 'an Entra federated credential trusts the OIDC subject of a GitHub workflow',
  left: JOIN_KEYS.oidcSubject,
  right: JOIN_KEYS.entraFederatedCredential,
  prepare(heads, graph) {
    const { trusted, unreadable } = readCredentials(heads);
    const index = subjectIndex(trusted);
    return {
      unreadable,
      answer(left) {
        const wanted = requestedSubject(left);
        if (wanted === null || !isRequested(left, graph)) return NOTHING;
        const found: KeyedEntity[] = [];
        for (const { head, subject } of index.candidates(wanted.issuer, wanted.subject)) {
          if (meets(wanted.subject, subject)) found.push(head);
        }
        return every(found);
      },
    };
  },
};

/** `issuer-host|subject|audience`. */
function readCredentials(heads: readonly KeyedEntity[]): { trusted: TrustedSubject<Federated>[]; unreadable: KeyedEntity[] } {
  const trusted: TrustedSubject<Federated>[] = [];
  const unreadable: KeyedEntity[] = [];
  for (const head of heads) {
    const [issuer, text, audience, ...rest] = head.side.value.split('|');
    if (!issuer || !text || !audience || rest.length > 0) {
      unreadable.push(head);
      continue;
    }
    const subject = literalSubject(text);
    trusted.push({ issuer: issuerOf(issuer), pattern: subject, trust: { head, subject } });
  }
  return { trusted, unreadable };
}

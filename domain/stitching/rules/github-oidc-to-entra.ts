import type { GraphIndex } from '../../graph/graph-index.ts';
import { decideExpression, readExpression, subjectOf } from '../federated-expression.ts';
import { JOIN_KEYS } from '../keys.ts';
import { issuerOf, type TrustDecision } from '../oidc-trust.ts';
import { subjectIndex, type TrustedSubject } from '../subject-index.ts';
import { literalSubject, meets, type SubjectPattern } from '../subject-pattern.ts';
import { isRequested, requestedSubject } from './requested-subject.ts';
import { type JoinAnswer, JOINS_PER_KEY, type JoinRule, type KeyedEntity, NOTHING } from './types.ts';

interface Federated {
  readonly head: KeyedEntity;
  decide(subject: SubjectPattern, left: KeyedEntity): TrustDecision;
}

/**
 * Entra compares issuer and subject of a federated credential exactly, or the token's claims with an expression; a workflow can ask for whatever
 * audience it names. Many applications may trust one subject. The subject's form (`repo:owner/name:…` or `repo:owner@id/name@id:…`) is the
 * repository's own: GitHub writes one of them into its tokens, so that the other is never read as the same.
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
    return { unreadable, answer: (left) => answer(left, graph, index) };
  },
};

function answer(left: KeyedEntity, graph: GraphIndex, index: ReturnType<typeof subjectIndex<Federated>>): JoinAnswer {
  const wanted = requestedSubject(left);
  if (wanted === null || !isRequested(left, graph)) return NOTHING;
  const matches: KeyedEntity[] = [];
  const undecidable: KeyedEntity[] = [];
  for (const { head, decide } of index.candidates(wanted.issuer, wanted.subject)) {
    const decision = decide(wanted.subject, left);
    if (decision === 'no') continue;
    if (matches.length + undecidable.length === JOINS_PER_KEY) return { matches, undecidable, unresolved: null, more: true };
    (decision === 'yes' ? matches : undecidable).push(head);
  }
  return matches.length + undecidable.length === 0 ? NOTHING : { matches, undecidable, unresolved: null, more: false };
}

function readCredentials(heads: readonly KeyedEntity[]): { trusted: TrustedSubject<Federated>[]; unreadable: KeyedEntity[] } {
  const trusted: TrustedSubject<Federated>[] = [];
  const unreadable: KeyedEntity[] = [];
  for (const head of heads) {
    const one = head.side.value.startsWith('{') ? byExpression(head) : bySubject(head);
    if (one === null) unreadable.push(head);
    else trusted.push(one);
  }
  return { trusted, unreadable };
}

/** `issuer-host|subject|audience`. */
function bySubject(head: KeyedEntity): TrustedSubject<Federated> | null {
  const [issuer, text, audience, ...rest] = head.side.value.split('|');
  if (!issuer || !text || !audience || rest.length > 0) return null;
  const pattern = literalSubject(text);
  return { issuer: issuerOf(issuer), pattern, trust: { head, decide: (subject) => (meets(subject, pattern) ? 'yes' : 'no') } };
}

function byExpression(head: KeyedEntity): TrustedSubject<Federated> | null {
  const expression = readExpression(head.side.value);
  if (expression === null) return null;
  const decide: Federated['decide'] = (subject, left) => decideExpression(expression, subject, left.entity);
  return { issuer: issuerOf(expression.issuer), pattern: subjectOf(expression), trust: { head, decide } };
}

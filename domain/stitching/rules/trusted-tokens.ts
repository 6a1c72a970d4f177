/** The right side of rules 4 and 5: AWS trusts that say whose tokens they take. */
import { decideTrust, type ReadTrust, readTrust } from '../oidc-trust.ts';
import { subjectIndex, type TrustedSubject } from '../subject-index.ts';
import type { SubjectPattern } from '../subject-pattern.ts';
import { type JoinAnswer, JOINS_PER_KEY, type KeyedEntity, NOTHING } from './types.ts';

export interface TrustedTokens {
  answer(issuer: string, subject: SubjectPattern): JoinAnswer;
  readonly unreadable: readonly KeyedEntity[];
}

interface Trusting {
  readonly head: KeyedEntity;
  readonly trust: ReadTrust;
}

export function trustedTokens(heads: readonly KeyedEntity[]): TrustedTokens {
  const unreadable: KeyedEntity[] = [];
  const subjects: TrustedSubject<Trusting>[] = [];
  for (const head of heads) {
    const trust = readTrust(head.side.value);
    if (trust === 'unreadable') unreadable.push(head);
    if (trust === 'unreadable' || trust === 'none') continue;
    const trusting = { head, trust };
    // Every group has to be met, so looking under the first finds all.
    for (const pattern of trust.groups[0] ?? []) subjects.push({ issuer: trust.issuer, pattern, trust: trusting });
  }
  const index = subjectIndex(subjects);
  return {
    unreadable,
    answer(issuer, subject) {
      const matches: KeyedEntity[] = [];
      const undecidable: KeyedEntity[] = [];
      for (const { head, trust } of index.candidates(issuer, subject)) {
        const decision = decideTrust(subject, trust);
        if (decision === 'no') continue;
        if (matches.length + undecidable.length === JOINS_PER_KEY) return { matches, undecidable, unresolved: null, more: true };
        (decision === 'yes' ? matches : undecidable).push(head);
      }
      return matches.length + undecidable.length === 0 ? NOTHING : { matches, undecidable, unresolved: null, more: false };
    },
  };
}

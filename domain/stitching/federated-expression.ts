/** What the expression of an Entra federated credential asks of a token's claims, and whether some token of a subject fulfils it. */
import type { Entity } from '../graph/types.ts';
import { isCondition, jsonObject } from './key-json.ts';
import type { ClaimCondition, FederatedExpression } from './keys.ts';
import type { TrustDecision } from './oidc-trust.ts';
import { meets, type SubjectPattern, trustedSubject } from './subject-pattern.ts';

/** Null when it is no `FederatedExpression`. */
export function readExpression(value: string): FederatedExpression | null {
  const { issuer, conditions, analysed } = jsonObject(value) ?? {};
  if (typeof issuer !== 'string' || typeof analysed !== 'boolean' || !Array.isArray(conditions)) return null;
  return conditions.every(isClaimCondition) ? { issuer, conditions, analysed } : null;
}

const isClaimCondition = (value: unknown): value is ClaimCondition =>
  isCondition(value) && typeof (value as { readonly claim?: unknown }).claim === 'string';

/** By what the expression is found: its first condition on the subject; any subject where it has none. */
export function subjectOf({ conditions }: FederatedExpression): SubjectPattern {
  const first = conditions.find(({ claim }) => claim === 'sub');
  return first === undefined ? trustedSubject('StringLike', '*') : patternOf(first);
}

/** `unknown`: some token of the subject would be taken if a condition holds that cannot be decided here. */
export function decideExpression({ conditions, analysed }: FederatedExpression, subject: SubjectPattern, holder: Entity): TrustDecision {
  const parts = new Set(conditions.map((condition) => decideClaim(condition, subject, holder)));
  if (parts.has('no')) return 'no';
  // An open subject may meet each of two patterns with another of its values.
  const together = subject.literal || conditions.filter(({ claim }) => claim === 'sub').length < 2;
  return analysed && together && !parts.has('unknown') ? 'yes' : 'unknown';
}

/** The claims that the subject's own entity tells. */
const TOLD: ReadonlySet<string> = new Set(['repository_id', 'repository_owner_id']);

function decideClaim(condition: ClaimCondition, subject: SubjectPattern, holder: Entity): TrustDecision {
  const pattern = patternOf(condition);
  if (condition.claim === 'sub') return !meets(subject, pattern) ? 'no' : pattern.decidable ? 'yes' : 'unknown';
  const told = TOLD.has(condition.claim) ? holder.props[condition.claim] : undefined;
  if (typeof told !== 'string') return 'unknown';
  return !meets(trustedSubject('StringEquals', told), pattern) ? 'no' : pattern.decidable ? 'yes' : 'unknown';
}

const patternOf = ({ op, value }: ClaimCondition): SubjectPattern => trustedSubject(op, value);

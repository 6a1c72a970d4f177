/** What an AWS trust says of the tokens that it takes, and whether some token of a subject is one of them. */
import { isCondition, jsonObject } from './key-json.ts';
import type { OidcTrust } from './keys.ts';
import { meets, type SubjectPattern, trustedSubject } from './subject-pattern.ts';

/** `unknown`: some token would be taken if a condition that cannot be decided here holds. */
export type TrustDecision = 'yes' | 'no' | 'unknown';

export interface ReadTrust {
  /** Without a trailing slash. */
  readonly issuer: string;
  /** All groups have to be met; a group is met by one of its patterns. Never empty: a trust without a subject is a finding, not a join. */
  readonly groups: readonly (readonly SubjectPattern[])[];
  readonly decidable: boolean;
}

/** Longer than any trust policy that IAM takes (IAM quotas, "Role trust policy length"): such a value is not read. */
const MAX_LENGTH = 16_384;

/** `none`: nothing can be joined to it, surely. `unreadable`: it is not an `OidcTrust`. */
export function readTrust(value: string): ReadTrust | 'none' | 'unreadable' {
  const trust = value.length > MAX_LENGTH ? null : parseTrust(value);
  if (trust === null) return 'unreadable';
  if (trust.subjects.length === 0 || !audienceSatisfiable(trust.audiences)) return 'none';
  const groups = groupsOf(trust.subjects);
  const decidable = !trust.other_conditions && groups.every((group) => group.every((pattern) => pattern.decidable));
  return { issuer: issuerOf(trust.issuer), groups, decidable };
}

export const issuerOf = (issuer: string): string => (issuer.endsWith('/') ? issuer.slice(0, -1) : issuer);

/**
 * Two operators on one key are an AND, the values of one operator an OR (IAM user guide, "Conditions with multiple context keys or
 * values"), so that with both a `StringEquals` value has to match a `StringLike` pattern too.
 */
export function decideTrust(subject: SubjectPattern, trust: ReadTrust): TrustDecision {
  const [first = [], second] = trust.groups;
  const met = first.some((pattern) => meets(subject, pattern) && (second === undefined || second.some((other) => meets(pattern, other))));
  if (!met) return 'no';
  return trust.decidable ? 'yes' : 'unknown';
}

type Condition = OidcTrust['subjects'][number];

/** `StringEquals` first: its values are exact, so meeting the subject and the other group one by one is meeting both at once. */
function groupsOf(conditions: readonly Condition[]): readonly (readonly SubjectPattern[])[] {
  const group = (op: Condition['op']): readonly SubjectPattern[] =>
    conditions.filter((condition) => condition.op === op).map((condition) => trustedSubject(op, condition.value));
  return [group('StringEquals'), group('StringLike')].filter((patterns) => patterns.length > 0);
}

/** A workflow can ask for any audience, so it is enough that there is one which the trust takes. */
function audienceSatisfiable(audiences: readonly Condition[]): boolean {
  const [first, second] = groupsOf(audiences);
  return first === undefined || second === undefined || first.some((exact) => second.some((pattern) => meets(exact, pattern)));
}

/** Null when it is no `OidcTrust`. */
export function parseTrust(value: string): OidcTrust | null {
  const { issuer, subjects, audiences, other_conditions } = jsonObject(value) ?? {};
  if (typeof issuer !== 'string' || typeof other_conditions !== 'boolean') return null;
  return isConditions(subjects) && isConditions(audiences) ? { issuer, subjects, audiences, other_conditions } : null;
}

const isConditions = (value: unknown): value is readonly Condition[] => Array.isArray(value) && value.every(isCondition);

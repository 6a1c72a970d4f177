/** Every trust in OIDC tokens, of AWS roles and of Entra applications, and whom its condition on the subject lets in. */
import type { Entity } from '../../graph/types.ts';
import { readExpression } from '../../stitching/federated-expression.ts';
import { type ClaimCondition, type FederatedExpression, JOIN_KEYS, type OidcTrust } from '../../stitching/keys.ts';
import type { RuleContext, RuleInput } from '../types.ts';
import { AWS_IAM, ENTRA_FEDERATED_CREDENTIALS } from './inputs.ts';
import { issuerOfCredential, isGithubIssuer, type RoleTrust, roleTrusts } from './oidc.ts';
import { text } from './state.ts';
import { effectiveSubjects, subjectReach, type SubjectReach } from './subject-reach.ts';

export interface ReachedTrust extends Omit<RoleTrust, 'trust' | 'roles'> {
  readonly issuer: string;
  readonly reach: SubjectReach;
  /** What is open, as the source writes it. */
  readonly patterns: readonly string[];
  /** True when the source asks for more than is told here. */
  readonly narrowed: boolean;
  /** Names of the roles or applications. */
  readonly trusting: readonly string[];
  readonly input: RuleInput;
}

/** In id order per source; `undefined` in place of what a trust asks that is in no form that was agreed. */
export function* reachedTrusts(context: RuleContext): Iterable<ReachedTrust | { readonly subject: Entity; readonly reach: undefined }> {
  for (const { subject, trust, edges, roles } of roleTrusts(context)) {
    if (trust === undefined) yield { subject, reach: undefined };
    else yield { subject, edges, issuer: trust.issuer, narrowed: trust.other_conditions, trusting: roles, input: AWS_IAM, ...anyOf(trust) };
  }
  for (const subject of context.entitiesOf('credential', 'federated_credential')) {
    const edges = context.in(subject.id, 'TRUSTS_SUBJECT');
    const trusting = edges.map((edge) => context.entity(edge.from)?.display_name ?? edge.from);
    const expression = expressionOf(subject);
    if (expression === undefined) yield { subject, reach: undefined };
    else
      yield {
        subject,
        edges,
        issuer: expression.issuer,
        narrowed: false,
        trusting,
        input: ENTRA_FEDERATED_CREDENTIALS,
        ...allOf(expression),
      };
  }
}

const WORST: readonly SubjectReach[] = ['open', 'reusable', 'undecided', 'bound'];

/** The values of a condition are alternatives: the widest decides. */
function anyOf({ issuer, subjects }: OidcTrust): Pick<ReachedTrust, 'reach' | 'patterns'> {
  const reaches = effectiveSubjects(subjects).map((condition) => ({ condition, reach: subjectReach(issuer, condition) }));
  const open = reaches.filter(({ reach }) => reach === 'open').map(({ condition }) => condition.value);
  return { reach: WORST.find((one) => reaches.some(({ reach }) => reach === one)) ?? 'bound', patterns: open };
}

/** The conditions of an expression have to hold together: one that names somebody is enough. */
function allOf({ issuer, conditions }: FederatedExpression): Pick<ReachedTrust, 'reach' | 'patterns'> {
  const reaches = new Set(conditions.map((condition) => claimReach(issuer, condition)));
  const best = WORST.findLast((one) => reaches.has(one)) ?? 'open';
  return { reach: best, patterns: conditions.map(({ claim, value }) => (claim === 'sub' ? value : `${claim}:${value}`)) };
}

function claimReach(issuer: string, { claim, op, value }: ClaimCondition): SubjectReach {
  if (claim === 'sub') return subjectReach(issuer, { op, value });
  // A claim of its own says what it says as a part of a customised subject.
  return isGithubIssuer(issuer) ? subjectReach(issuer, { op, value: `${claim}:${value}` }) : 'undecided';
}

/** `undefined` where the credential does not tell, in a form that we know, whom it lets in. */
export function expressionOf(credential: Entity): FederatedExpression | undefined {
  const issuer = issuerOfCredential(credential) ?? '';
  const subject = text(credential, 'subject');
  if (subject !== undefined) return { issuer, conditions: [{ claim: 'sub', op: 'StringEquals', value: subject }], analysed: true };
  const key = credential.join_keys.find(({ k }) => k === JOIN_KEYS.entraFederatedCredential)?.v;
  const expression = key === undefined ? null : readExpression(key);
  return expression?.analysed === true && expression.conditions.length > 0 ? expression : undefined;
}

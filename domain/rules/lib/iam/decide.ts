/**
 * Whether a principal may do an action on a target: explicit deny, then allow, then the permissions boundary
 * (AWS IAM User Guide, "Policy evaluation logic"). Organization and session policies are not read; they could only take away.
 */
import { patternCovers, patternsMeet } from './patterns.ts';
import type { PrincipalPolicies, Statement } from './statements.ts';

/** `unknown`: it rests on condition values or on a boundary that are not in the graph. */
export type Decision = 'yes' | 'no' | 'unknown';

export interface Decided {
  readonly decision: Decision;
  /** Statements that allow it. */
  readonly by: readonly Statement[];
  /** Where it was one of several that was asked about. */
  readonly target?: string;
}

const NO: Decided = { decision: 'no', by: [] };

/**
 * Conditions on the caller's circumstances: they narrow when or from where, not what can be reached. A grant under them is a grant;
 * a deny under them is no protection. Any other key (`iam:PassedToService`, `iam:PermissionsBoundary`, `iam:PolicyARN`, tags) may
 * narrow the target in a way that only its values tell: undecided.
 */
const CIRCUMSTANCES: ReadonlySet<string> = new Set([
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  'aws:sourceip',
  'aws:vpcsourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:securetransport',
  'aws:currenttime',
  'aws:epochtime',
  'aws:tokenissuetime',
  'aws:useragent',
  'aws:referer',
  'aws:viaawsservice',
  'aws:requestedregion',
]);

const circumstantial = (statement: Statement): boolean => statement.condition_keys.every((key) => CIRCUMSTANCES.has(key));

export const coversAction = (statement: Statement, action: string): boolean =>
  statement.not_actions === null
    ? statement.actions.some((pattern) => patternCovers(pattern, action))
    : !statement.not_actions.some((pattern) => patternCovers(pattern, action));

const coversTarget = (statement: Statement, target: string): boolean =>
  statement.not_resources === null
    ? statement.resources.some((pattern) => patternCovers(pattern, target))
    : !statement.not_resources.some((pattern) => patternCovers(pattern, target));

const touchesTarget = (statement: Statement, target: string): boolean =>
  statement.not_resources === null
    ? statement.resources.some((pattern) => patternsMeet(pattern, target))
    : !statement.not_resources.some((pattern) => patternCovers(pattern, target));

/** `action` as in `iam:PassRole`, or `*`; `target` an ARN, a pattern all of which has to be reachable, or `*`. */
export function decide(policies: PrincipalPolicies, action: string, target: string): Decided {
  const name = action.toLowerCase();
  const identity = evaluate(policies.statements, name, target);
  if (identity.decision === 'no' || policies.boundary === null) return identity;
  if (policies.boundary === 'unread') return { ...identity, decision: 'unknown' };
  return { ...identity, decision: weaker(identity.decision, evaluate(policies.boundary, name, target).decision) };
}

/**
 * What denies and the permissions boundary leave of an action that some statement allows on a part of `target`, a pattern: `no` only when
 * they take it away from all of it.
 */
export function decideLeft(policies: PrincipalPolicies, action: string, target: string): Decision {
  const name = action.toLowerCase();
  const left = undenied(policies.statements, name, target);
  if (left === 'no' || policies.boundary === null) return left;
  if (policies.boundary === 'unread') return 'unknown';
  const within = policies.boundary.filter((one) => one.effect === 'Allow' && coversAction(one, name) && touchesTarget(one, target));
  const bounded = within.length === 0 ? 'no' : within.some(circumstantial) ? 'yes' : 'unknown';
  return weaker(weaker(left, bounded), undenied(policies.boundary, name, target));
}

function undenied(statements: readonly Statement[], action: string, target: string): Decision {
  const denies = statements.filter((one) => one.effect === 'Deny' && coversAction(one, action) && coversTarget(one, target));
  if (denies.some((one) => one.condition_keys.length === 0)) return 'no';
  return denies.every(circumstantial) ? 'yes' : 'unknown';
}

/** On the first of the targets on which it is certain, else on the one that comes nearest. */
export function decideOneOf(policies: PrincipalPolicies, action: string, targets: Iterable<string>): Decided {
  const name = action.toLowerCase();
  // Most principals have nothing to do with most actions: no target is looked at for them.
  if (!policies.statements.some((statement) => statement.effect === 'Allow' && coversAction(statement, name))) return NO;
  let nearest: Decided = NO;
  for (const target of targets) {
    const decided = decide(policies, action, target);
    if (decided.decision === 'yes') return { ...decided, target };
    if (nearest.decision === 'no') nearest = { ...decided, target };
  }
  return nearest;
}

/** As `decide`, on whatever resource the statements that allow the action name. */
export function decideAnywhere(policies: PrincipalPolicies, action: string): Decided {
  return decideOneOf(policies, action, allowedPatterns(policies, action));
}

/** The resource patterns of the statements that allow the action, each once; `*` for one that names what it leaves out. */
export function allowedPatterns(policies: PrincipalPolicies, action: string): ReadonlySet<string> {
  const name = action.toLowerCase();
  const patterns = new Set<string>();
  for (const statement of policies.statements) {
    if (statement.effect !== 'Allow' || !coversAction(statement, name)) continue;
    for (const resource of statement.not_resources === null ? statement.resources : ['*']) patterns.add(resource);
  }
  return patterns;
}

export const weaker = (a: Decision, b: Decision): Decision =>
  a === 'no' || b === 'no' ? 'no' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'yes';

function evaluate(statements: readonly Statement[], action: string, target: string): Decided {
  const concerned = statements.filter((statement) => coversAction(statement, action) && coversTarget(statement, target));
  const denies = concerned.filter((statement) => statement.effect === 'Deny');
  if (denies.some((statement) => statement.condition_keys.length === 0)) return NO;
  const allows = concerned.filter((statement) => statement.effect === 'Allow');
  if (allows.length === 0) return NO;
  const plain = allows.filter(circumstantial);
  const certain = plain.length > 0 && denies.every(circumstantial);
  return { decision: certain ? 'yes' : 'unknown', by: plain.length > 0 ? plain : allows };
}

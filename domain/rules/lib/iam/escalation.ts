/** Which of the known methods are open to a principal. */
import type { Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { perContext } from '../memo.ts';
import { text } from '../state.ts';
import { administers } from './admin.ts';
import { type Decided, allowedPatterns, decideAnywhere, decideOneOf, weaker } from './decide.ts';
import { ESCALATION_METHODS, type EscalationMethod, type MethodTarget } from './escalation-methods.ts';
import { patternCovers } from './patterns.ts';
import { type PrincipalPolicies, type Statement, policiesOf } from './statements.ts';

export interface OpenMethod {
  readonly method: EscalationMethod;
  /** Never `no`. */
  readonly decision: 'yes' | 'unknown';
  readonly by: readonly Statement[];
}

const cache = perContext(() => new Map<string, readonly OpenMethod[]>());

export function openMethods(context: RuleContext, principal: Entity): readonly OpenMethod[] {
  const known = cache(context).get(principal.id);
  if (known !== undefined) return known;
  const policies = policiesOf(context, principal);
  const open: OpenMethod[] = [];
  const decided = new Map<string, Decided>();
  for (const method of ESCALATION_METHODS) {
    if (method.principal !== undefined && method.principal !== principal.subtype) continue;
    const parts: Decided[] = [];
    for (const need of method.needs) {
      // Many methods share `iam:PassRole`.
      const key = `${need.action} ${need.on}`;
      const part = decided.get(key) ?? decideOn(context, principal, policies, need.action, need.on);
      decided.set(key, part);
      parts.push(part);
      if (part.decision === 'no') break;
    }
    const decision = parts.map((part) => part.decision).reduce(weaker);
    if (decision !== 'no') open.push({ method, decision, by: parts.flatMap((part) => part.by) });
  }
  cache(context).set(principal.id, open);
  return open;
}

function decideOn(context: RuleContext, principal: Entity, policies: PrincipalPolicies, action: string, on: MethodTarget): Decided {
  return on === 'any'
    ? decideAnywhere(policies, action)
    : decideOneOf(policies, action, targetsOf(context, principal, policies, action, on));
}

export const arnOf = (entity: Entity): string => text(entity, 'arn') ?? entity.native_id;

/** Every target of the kind first: where a principal reaches all of them, the single ones need no look. */
function* targetsOf(
  context: RuleContext,
  principal: Entity,
  policies: PrincipalPolicies,
  action: string,
  on: Exclude<MethodTarget, 'any'>,
): Iterable<string> {
  const parts = /^arn:([a-z-]+):iam::(\d{12}):/.exec(arnOf(principal));
  const partition = parts?.[1] ?? 'aws';
  const account = parts?.[2] ?? principal.source_tenant;
  const iam = `arn:${partition}:iam::${account}`;
  switch (on) {
    case 'self':
      yield arnOf(principal);
      // The variable stands for the user itself (IAM User Guide, "Policy variables"); its text is a target of its own.
      if (principal.subtype === 'iam_user') yield* [`${iam}:user/\${aws:username}`, `arn:${partition}:iam::*:user/\${aws:username}`];
      return;
    case 'group':
      yield `${iam}:group/*`;
      for (const edge of policies.edges) {
        const group = edge.type === 'MEMBER_OF' ? context.entity(edge.to) : undefined;
        if (group !== undefined) yield arnOf(group);
      }
      return;
    case 'policy':
      yield `${iam}:policy/*`;
      for (const statement of policies.statements) {
        const arn = text(statement.entity, 'policy_arn');
        // A policy of AWS itself cannot be given a new version.
        if (arn?.startsWith(`${iam}:policy/`)) yield arn;
      }
      return;
    case 'user':
    case 'role':
      yield `${iam}:${on}/*`;
      yield* targetsWithAdministration(context, `iam_${on}`, principal, allowedPatterns(policies, action));
      return;
    case 'function':
      yield `arn:${partition}:lambda:*:${account}:function:*`;
      yield* targetsWithAdministration(context, 'lambda_function', principal, allowedPatterns(policies, action));
      return;
    case 'instance':
      yield `arn:${partition}:ec2:*:${account}:instance/*`;
      return;
  }
}

/** ARNs by `subtype|account`: administrators, and the functions that run as one. */
const administration = perContext((context) => {
  const arns = new Map<string, Set<string>>();
  const add = (entity: Entity): void => {
    const key = `${entity.subtype}|${entity.source_tenant}`;
    const list = arns.get(key);
    if (list === undefined) arns.set(key, new Set([arnOf(entity)]));
    else list.add(arnOf(entity));
  };
  for (const principal of [...context.entitiesOf('identity', 'iam_user'), ...context.entitiesOf('role', 'iam_role')]) {
    if (administers(context, principal).decision !== 'yes') continue;
    add(principal);
    for (const edge of context.in(principal.id, 'RUNS_AS')) {
      const workload = context.entity(edge.from);
      if (workload?.subtype === 'lambda_function') add(workload);
    }
  }
  return arns;
});

/** Those that one of the patterns names: a plain ARN is looked up, a wildcard is tried on all of them once per context. */
function* targetsWithAdministration(
  context: RuleContext,
  subtype: string,
  principal: Entity,
  patterns: Iterable<string>,
): Iterable<string> {
  const kind = `${subtype}|${principal.source_tenant}`;
  const own = arnOf(principal);
  for (const pattern of patterns) {
    for (const arn of administratorsNamed(context, kind, pattern)) if (arn !== own) yield arn;
  }
}

const named = perContext(() => new Map<string, readonly string[]>());

function administratorsNamed(context: RuleContext, kind: string, pattern: string): readonly string[] {
  const known = named(context).get(`${kind} ${pattern}`);
  if (known !== undefined) return known;
  const arns = administration(context).get(kind) ?? new Set();
  const found = /[*?]/.test(pattern) ? [...arns].filter((arn) => patternCovers(pattern, arn)) : arns.has(pattern) ? [pattern] : [];
  named(context).set(`${kind} ${pattern}`, found);
  return found;
}

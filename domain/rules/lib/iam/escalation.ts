/** Which of the known methods are open to a principal. */
import type { Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { unread } from '../coverage.ts';
import { AWS_LAMBDA } from '../inputs.ts';
import { perContext } from '../memo.ts';
import { text } from '../state.ts';
import { arnOf, targetsWithAdministration } from './administrators.ts';
import { type Decided, allowedPatterns, decideAnywhere, decideOneOf, weaker } from './decide.ts';
import { ESCALATION_METHODS, type EscalationMethod, type MethodTarget } from './escalation-methods.ts';
import { type PrincipalPolicies, type Statement, policiesOf } from './statements.ts';

export interface OpenMethod {
  readonly method: EscalationMethod;
  /** Never `no`. */
  readonly decision: 'yes' | 'unknown';
  readonly by: readonly Statement[];
  /** ARNs and patterns on which its actions are allowed, where it needs certain ones. */
  readonly targets: readonly string[];
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
    const targets = parts.flatMap((part) => part.target ?? []);
    if (decision !== 'no') open.push({ method, decision, by: parts.flatMap((part) => part.by), targets });
  }
  cache(context).set(principal.id, open);
  return open;
}

function decideOn(context: RuleContext, principal: Entity, policies: PrincipalPolicies, action: string, on: MethodTarget): Decided {
  if (on === 'any') return decideAnywhere(policies, action);
  const decided = decideOneOf(policies, action, targetsOf(context, principal, policies, action, on));
  if (on !== 'function' || decided.decision !== 'no' || unreadFunctions(context, principal) === undefined) return decided;
  // Some function, of which nobody knows what it runs as.
  const anywhere = decideAnywhere(policies, action);
  return anywhere.decision === 'no' ? decided : { decision: 'unknown', by: anywhere.by };
}

/** Why it is not known which functions there are and what they run as. */
export const unreadFunctions = (context: RuleContext, principal: Entity): string | undefined =>
  unread(context, [AWS_LAMBDA], principal.source_tenant);

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

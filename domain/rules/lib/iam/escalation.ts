/** Which of the known methods are open to a principal. */
import type { Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { perContext } from '../memo.ts';
import { text } from '../state.ts';
import { administers } from './admin.ts';
import { type Decided, best, decide, decideAnywhere, weaker } from './decide.ts';
import { ESCALATION_METHODS, type EscalationMethod, type MethodTarget } from './escalation-methods.ts';
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
  for (const method of ESCALATION_METHODS) {
    if (method.principal !== undefined && method.principal !== principal.subtype) continue;
    const parts: Decided[] = [];
    for (const need of method.needs) {
      const part = decideOn(context, principal, policies, need.action, need.on);
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
  if (on === 'any') return decideAnywhere(policies, action);
  const targets = targetsOf(context, principal, policies, on);
  return best(targets.map((target) => decide(policies, action, target)));
}

export const arnOf = (entity: Entity): string => text(entity, 'arn') ?? entity.native_id;

function targetsOf(context: RuleContext, principal: Entity, policies: PrincipalPolicies, on: Exclude<MethodTarget, 'any'>): readonly string[] {
  const account = /^arn:([a-z-]+):iam::(\d{12}):/.exec(arnOf(principal));
  const every = (kind: string): readonly string[] => (account === null ? ['*'] : [`arn:${account[1]}:iam::${account[2]}:${kind}/*`]);
  switch (on) {
    case 'self':
      // `${aws:username}` in a policy stands for the user itself; the variable's text is a target of its own.
      return [arnOf(principal), ...(account === null ? [] : [`arn:${account[1]}:iam::${account[2]}:user/\${aws:username}`, `arn:${account[1]}:iam::*:user/\${aws:username}`])];
    case 'group':
      return [...every('group'), ...policies.edges.filter((edge) => edge.type === 'MEMBER_OF').flatMap((edge) => arnsOf(context, edge.to))];
    case 'policy':
      return [...every('policy'), ...policies.statements.flatMap((statement) => text(statement.entity, 'policy_arn') ?? [])];
    case 'user':
      return [...every('user'), ...administrators(context, 'iam_user', principal)];
    case 'role':
      return [...every('role'), ...administrators(context, 'iam_role', principal)];
  }
}

const arnsOf = (context: RuleContext, id: string): readonly string[] => {
  const entity = context.entity(id);
  return entity === undefined ? [] : [arnOf(entity)];
};

const adminsByAccount = perContext((context) => {
  const byAccount = new Map<string, Entity[]>();
  for (const entity of [...context.entitiesOf('identity', 'iam_user'), ...context.entitiesOf('role', 'iam_role')]) {
    if (administers(context, entity).decision !== 'yes') continue;
    const key = `${entity.subtype}|${entity.source_tenant}`;
    const list = byAccount.get(key);
    if (list === undefined) byAccount.set(key, [entity]);
    else list.push(entity);
  }
  return byAccount;
});

const administrators = (context: RuleContext, subtype: 'iam_user' | 'iam_role', principal: Entity): readonly string[] =>
  (adminsByAccount(context).get(`${subtype}|${principal.source_tenant}`) ?? []).filter((entity) => entity.id !== principal.id).map(arnOf);

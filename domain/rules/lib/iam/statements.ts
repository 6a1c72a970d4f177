/** The statements that speak for a principal: its own, those of its groups, and those of its permissions boundary. */
import type { Edge, Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { perContext } from '../memo.ts';
import { strings, text } from '../state.ts';
import { normalAction } from './patterns.ts';

export interface Statement {
  readonly entity: Entity;
  readonly effect: 'Allow' | 'Deny';
  /** Lower case. Exactly one of the two lists of a pair is in use; a `not_` list that is present may be empty. */
  readonly actions: readonly string[];
  readonly not_actions: readonly string[] | null;
  readonly resources: readonly string[];
  readonly not_resources: readonly string[] | null;
  /** Lower case. */
  readonly condition_keys: readonly string[];
}

export interface PrincipalPolicies {
  readonly statements: readonly Statement[];
  /** Edges by which the principal comes to its statements, groups included. */
  readonly edges: readonly Edge[];
  /** `null`: no boundary. `unread`: it has one, whose document is not in the graph. */
  readonly boundary: readonly Statement[] | 'unread' | null;
}

/** `undefined` for a permission that is no IAM statement. */
export function statementOf(entity: Entity): Statement | undefined {
  const effect = text(entity, 'effect');
  if (entity.type !== 'permission' || entity.subtype !== 'iam_statement' || (effect !== 'Allow' && effect !== 'Deny')) return undefined;
  const notActions = strings(entity, 'not_actions');
  const notResources = strings(entity, 'not_resources');
  const actions = strings(entity, 'actions');
  const resources = strings(entity, 'resources');
  return {
    entity,
    effect,
    actions: actions.map(normalAction),
    not_actions: actions.length === 0 && notActions.length > 0 ? notActions.map(normalAction) : null,
    resources,
    not_resources: resources.length === 0 && notResources.length > 0 ? notResources : null,
    condition_keys: strings(entity, 'condition_keys').map((key) => key.toLowerCase()),
  };
}

const byPolicyArn = perContext((context) => {
  const byPolicy = new Map<string, Statement[]>();
  for (const entity of context.entitiesOf('permission', 'iam_statement')) {
    const statement = statementOf(entity);
    const arn = text(entity, 'policy_arn');
    if (statement === undefined || arn === undefined) continue;
    const key = `${entity.source_tenant}|${arn}`;
    const list = byPolicy.get(key);
    if (list === undefined) byPolicy.set(key, [statement]);
    else list.push(statement);
  }
  return byPolicy;
});

const cache = perContext(() => new Map<string, PrincipalPolicies>());

export function policiesOf(context: RuleContext, principal: Entity): PrincipalPolicies {
  const known = cache(context).get(principal.id);
  if (known !== undefined) return known;
  const policies = collect(context, principal);
  cache(context).set(principal.id, policies);
  return policies;
}

function collect(context: RuleContext, principal: Entity): PrincipalPolicies {
  const statements = new Map<string, Statement>();
  const edges: Edge[] = [];
  const membership = context.out(principal.id, 'MEMBER_OF').filter((edge) => context.entity(edge.to)?.subtype === 'iam_group');
  for (const holder of [principal.id, ...membership.map((edge) => edge.to)]) {
    for (const edge of context.out(holder, 'GRANTS')) {
      const target = context.entity(edge.to);
      const statement = target === undefined ? undefined : statementOf(target);
      if (statement === undefined) continue;
      statements.set(statement.entity.id, statement);
      edges.push(edge);
    }
  }
  const arn = text(principal, 'permissions_boundary_arn');
  const boundary = arn === undefined ? null : (byPolicyArn(context).get(`${principal.source_tenant}|${arn}`) ?? 'unread');
  return { statements: [...statements.values()], edges: [...membership, ...edges], boundary };
}

import type { Entity, Props } from '../../../../domain/graph/types.ts';
import type { Verdict } from '../../../../domain/rules/types.ts';
import { AWS_ACCOUNT, type GraphBuilder } from '../builder.ts';

/** One line of the table: what the graph is, of which subject, and what the rule then says of it. */
export interface RuleCase {
  readonly rule: string;
  readonly name: string;
  readonly verdict: Verdict['verdict'] | 'nothing';
  /** Gives the subject. */
  readonly build: (graph: GraphBuilder) => Entity;
  /** In the `missing` of a `not_evaluated`. */
  readonly missing?: RegExp;
  /** Names of entities without which the finding could not be walked back. */
  readonly proof?: readonly string[];
  /** Some of the finding's facts. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export const arn = (rest: string): string => `arn:aws:iam::${AWS_ACCOUNT}:${rest}`;

export const role = (g: GraphBuilder, name = 'app', props: Props = {}): Entity =>
  g.entity('role', 'iam_role', arn(`role/${name}`), { arn: arn(`role/${name}`), enabled: true, ...props }, { name });

export const user = (g: GraphBuilder, name = 'ada', props: Props = {}): Entity =>
  g.entity('identity', 'iam_user', arn(`user/${name}`), { arn: arn(`user/${name}`), enabled: true, ...props }, { name });

export const group = (g: GraphBuilder, name = 'devs'): Entity =>
  g.entity('identity', 'iam_group', arn(`group/${name}`), { arn: arn(`group/${name}`) }, { name });

let serial = 0;
/** A statement of a policy; attached to `holders` by GRANTS. */
export function statement(g: GraphBuilder, holders: readonly Entity[], props: Props): Entity {
  serial += 1;
  const entity = g.entity('permission', 'iam_statement', `statement-${serial}`, {
    effect: 'Allow',
    resources: ['*'],
    condition_keys: [],
    policy_name: 'policy',
    ...props,
  });
  for (const holder of holders) g.edge(holder, 'GRANTS', entity, { effect: entity.props['effect'] ?? null });
  return entity;
}

export const allow = (g: GraphBuilder, holder: Entity, actions: readonly string[], props: Props = {}): Entity =>
  statement(g, [holder], { actions, ...props });
export const deny = (g: GraphBuilder, holder: Entity, actions: readonly string[], props: Props = {}): Entity =>
  statement(g, [holder], { effect: 'Deny', actions, ...props });

/** The same where IAM was read in part only. */
export const partly =
  (build: (g: GraphBuilder) => Entity) =>
  (g: GraphBuilder): Entity => {
    g.cover('aws:iam', 'partial');
    return build(g);
  };

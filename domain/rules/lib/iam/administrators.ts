/** Who administers an account, and the functions that run as one who does: what taking over one principal or function is worth. */
import type { Edge, Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { perContext } from '../memo.ts';
import { text } from '../state.ts';
import { administers } from './admin.ts';
import { patternCovers } from './patterns.ts';
import { policiesOf } from './statements.ts';

export const arnOf = (entity: Entity): string => text(entity, 'arn') ?? entity.native_id;

interface Administrator {
  readonly principal: Entity;
  /** Of a function, that it runs as the principal. */
  readonly runs: Edge | null;
}

/** By `subtype|account`, then by ARN. */
const administration = perContext((context) => {
  const found = new Map<string, Map<string, Administrator>>();
  const add = (entity: Entity, administrator: Administrator): void => {
    const kind = kindOf(entity.subtype, entity);
    const byArn = found.get(kind);
    if (byArn === undefined) found.set(kind, new Map([[arnOf(entity), administrator]]));
    else if (!byArn.has(arnOf(entity))) byArn.set(arnOf(entity), administrator);
  };
  for (const principal of [...context.entitiesOf('identity', 'iam_user'), ...context.entitiesOf('role', 'iam_role')]) {
    if (administers(context, principal).decision !== 'yes') continue;
    add(principal, { principal, runs: null });
    for (const runs of context.in(principal.id, 'RUNS_AS')) {
      const workload = context.entity(runs.from);
      if (workload?.subtype === 'lambda_function') add(workload, { principal, runs });
    }
  }
  return found;
});

const kindOf = (subtype: string, { source_tenant }: Pick<Entity, 'source_tenant'>): string => `${subtype}|${source_tenant}`;

/** Those that one of the patterns names: a plain ARN is looked up, a wildcard is tried on all of them once per context. */
export function* targetsWithAdministration(
  context: RuleContext,
  subtype: string,
  principal: Entity,
  patterns: Iterable<string>,
): Iterable<string> {
  const own = arnOf(principal);
  for (const pattern of patterns) {
    for (const arn of administratorsNamed(context, kindOf(subtype, principal), pattern)) if (arn !== own) yield arn;
  }
}

const named = perContext(() => new Map<string, readonly string[]>());

function administratorsNamed(context: RuleContext, kind: string, pattern: string): readonly string[] {
  const known = named(context).get(`${kind} ${pattern}`);
  if (known !== undefined) return known;
  const arns = administration(context).get(kind) ?? new Map<string, Administrator>();
  const found = /[*?]/.test(pattern) ? [...arns.keys()].filter((arn) => patternCovers(pattern, arn)) : arns.has(pattern) ? [pattern] : [];
  named(context).set(`${kind} ${pattern}`, found);
  return found;
}

/**
 * Edges that prove what taking over one of the targets is worth: what makes the principal an administrator, and that a function runs as it.
 * None for a target that is a pattern, or the principal's own.
 */
export function administrationBehind(context: RuleContext, principal: Entity, targets: readonly string[]): readonly Edge[] {
  const kinds = ['iam_user', 'iam_role', 'lambda_function'].map((subtype) => kindOf(subtype, principal));
  return targets.flatMap((arn) => {
    const found = kinds.map((kind) => administration(context).get(kind)?.get(arn)).find((one) => one !== undefined);
    if (found === undefined) return [];
    const granting = new Set(administers(context, found.principal).by.map((statement) => statement.entity.id));
    const edges = policiesOf(context, found.principal).edges.filter((edge) => edge.type === 'MEMBER_OF' || granting.has(edge.to));
    return found.runs === null ? edges : [found.runs, ...edges];
  });
}

/** Denies that spoke for a principal at the last complete sync and no longer do: what they took away is allowed again where something allows it. */
import type { Edge, Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { patternCovers, patternsMeet } from './patterns.ts';
import { policiesOf, type Statement, statementOf } from './statements.ts';

/** By the edges that are gone: the principal's own, those of a group that it left, and those that its group lost are the group's. */
export function liftedDenies(context: RuleContext, principal: Entity, isCompared: (edge: Edge) => boolean): readonly Statement[] {
  const gone = context.removedFrom(principal.id).filter(isCompared);
  const lost = gone.flatMap((edge) => (edge.type === 'MEMBER_OF' ? deniesOf(context, edge.to) : denyAt(context, edge)));
  if (lost.length === 0) return [];
  const { statements } = policiesOf(context, principal);
  const denies = statements.filter(({ effect }) => effect === 'Deny');
  const allows = statements.filter(({ effect }) => effect === 'Allow');
  return lost.filter((deny) => allows.some((allow) => meet(allow, deny)) && !denies.some((other) => covers(other, deny)));
}

const deniesOf = (context: RuleContext, group: string): readonly Statement[] =>
  [...context.out(group, 'GRANTS'), ...context.removedFrom(group)].flatMap((edge) => denyAt(context, edge));

function denyAt(context: RuleContext, edge: Edge): readonly Statement[] {
  const target = context.removedEntity(edge.to) ?? context.entity(edge.to);
  const statement = edge.type === 'GRANTS' && target !== undefined ? statementOf(target) : undefined;
  return statement?.effect === 'Deny' ? [statement] : [];
}

/** True when `outer` surely denies all that `inner` did. A deny under conditions counts as the same only where it is written the same. */
function covers(outer: Statement, inner: Statement): boolean {
  if (sameText(outer, inner)) return true;
  if (outer.condition_keys.length > 0 || outer.not_actions !== null || outer.not_resources !== null) return false;
  if (inner.not_actions !== null && !outer.actions.includes('*')) return false;
  if (inner.not_resources !== null && !outer.resources.includes('*')) return false;
  return coversAll(outer.actions, inner.actions) && coversAll(outer.resources, inner.resources);
}

const coversAll = (outer: readonly string[], inner: readonly string[]): boolean =>
  inner.every((one) => outer.some((pattern) => patternCovers(pattern, one)));

const sameText = (a: Statement, b: Statement): boolean => JSON.stringify(partsOf(a)) === JSON.stringify(partsOf(b));

const partsOf = ({ actions, not_actions, resources, not_resources, condition_keys }: Statement) =>
  [actions, not_actions, resources, not_resources, condition_keys].map((list) => (list === null ? null : [...list].sort()));

/** Whether some request is spoken of by both; what is written as an exception speaks of nearly everything. */
const meet = (a: Statement, b: Statement): boolean =>
  (a.not_actions !== null || b.not_actions !== null || meetAny(a.actions, b.actions)) &&
  (a.not_resources !== null || b.not_resources !== null || meetAny(a.resources, b.resources));

const meetAny = (a: readonly string[], b: readonly string[]): boolean => a.some((one) => b.some((other) => patternsMeet(one, other)));

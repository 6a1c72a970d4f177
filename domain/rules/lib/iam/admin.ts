/** `*` on `*`, boundaries and denies considered. */
import type { Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';
import { perContext } from '../memo.ts';
import { type Decided, decide, weaker } from './decide.ts';
import { policiesOf } from './statements.ts';

/**
 * Each alone lets a principal give itself a policy. When denies or a boundary take all of them away, `*` on `*` is no longer administration;
 * while one is left, a deny of something else (leaving the organization, stopping a trail) changes nothing about it.
 */
export const POLICY_WRITES = [
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
] as const;

const cache = perContext(() => new Map<string, Decided>());

export function administers(context: RuleContext, principal: Entity): Decided {
  const known = cache(context).get(principal.id);
  if (known !== undefined) return known;
  const policies = policiesOf(context, principal);
  const everything = decide(policies, '*', '*');
  const writes = new Set(POLICY_WRITES.map((action) => decide(policies, action, '*').decision));
  const left = writes.has('yes') ? 'yes' : writes.has('unknown') ? 'unknown' : 'no';
  const decision = weaker(everything.decision, left);
  const decided: Decided = { decision, by: decision === 'no' ? [] : everything.by };
  cache(context).set(principal.id, decided);
  return decided;
}

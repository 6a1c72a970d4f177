import { canonicalJson } from '../canonical.ts';
import type { Edge, Entity } from '../graph/types.ts';
import { inputName, ownInput, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { liftedDenies } from './lib/iam/lifted-denies.ts';
import { statementOf } from './lib/iam/statements.ts';
import { LISTED, listed } from './lib/order.ts';
import { PRIVILEGE_INPUTS } from './lib/privileges.ts';
import type { RuleContext, RuleInput } from './types.ts';

const GAINS = ['GRANTS', 'HAS_ROLE', 'MEMBER_OF', 'CAN_ACCESS'] as const;

export const privilegeExpanded = defineRule(
  {
    id: 'privilege_expanded',
    version: 2,
    title: 'Has more authority than at the last complete sync',
    severity: 'medium',
    rationale:
      'An identity or role that was there before has gained a grant, a role, a group or a permission since the last complete sync of its source, or ' +
      'has lost a deny that took something of what it is allowed away. ' +
      'Authority drifts by small additions that nobody looks at together. What is new altogether, and what was only read for the first time, is no drift.',
    remediation:
      'Check that the addition was asked for and is still needed; if not, take it away. The finding closes by itself at the next complete sync that finds no further gain.',
    frameworks: {},
    identity_fields: ['principal'],
    reads: PRIVILEGE_INPUTS,
  },
  function* (context) {
    for (const subject of [...context.entitiesOf('identity'), ...context.entitiesOf('role')]) {
      const held = GAINS.flatMap((type) => context.out(subject.id, type));
      const isNew = context.changed(subject.id) === 'created';
      const gained = isNew ? [] : gainsOf(context, subject, held);
      const lifted = isNew ? [] : liftedDenies(context, subject, (edge) => isCompared(context, subject, edge));
      if (gained.length > 0 || lifted.length > 0) {
        const names = gained.map((edge) => context.entity(edge.to)?.display_name ?? edge.to);
        yield {
          verdict: 'finding',
          subject,
          facts: {
            gained_count: gained.length,
            gained: listed(names),
            ...(lifted.length === 0 ? {} : { denies_lifted: listed(lifted.map(({ entity }) => entity.display_name)) }),
          },
          proof: { edges: gained.slice(0, LISTED).map((edge) => edge.id) },
        };
        continue;
      }
      const missing = notCompared(context, subject, held) ?? changedDeny(context, held);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

function gainsOf(context: RuleContext, subject: Entity, held: readonly Edge[]): readonly Edge[] {
  const lost = new Set(
    context.removedFrom(subject.id).map((edge) => meaning(edge, context.removedEntity(edge.to) ?? context.entity(edge.to))),
  );
  return held.filter((edge) => {
    const target = context.entity(edge.to);
    if (target === undefined || statementOf(target)?.effect === 'Deny') return false;
    const added = context.changed(edge.id) === 'created' && isCompared(context, subject, edge);
    // A permission that changed under an unchanged grant. A role or group that changed has a verdict of its own.
    const widened = target.type === 'permission' && context.changed(target.id) === 'updated' && isCompared(context, subject, target);
    return (added && !lost.has(meaning(edge, target))) || widened;
  });
}

/** What a deny said before it was changed is not kept: it may have been narrowed. */
function changedDeny(context: RuleContext, held: readonly Edge[]): string | undefined {
  const changed = held.some((edge) => {
    const target = context.entity(edge.to);
    return target !== undefined && context.changed(target.id) === 'updated' && statementOf(target)?.effect === 'Deny';
  });
  return changed ? 'what a deny that changed said before' : undefined;
}

/** What a grant comes down to: a policy's new version is written as new statements, and most of them say what the old ones said. */
function meaning(edge: Edge, target: Entity | undefined): string {
  const statement = target === undefined ? undefined : statementOf(target);
  if (statement === undefined) return `${edge.type} ${edge.to}`;
  const { effect, actions, not_actions, resources, not_resources, condition_keys } = statement;
  return `${edge.type} ${canonicalJson([effect, actions, not_actions, resources, not_resources, condition_keys])}`;
}

const isCompared = (context: RuleContext, subject: Entity, row: Pick<Edge, 'category'>): boolean =>
  context.compared(subject.source_system, row.category, subject.source_tenant);

function notCompared(context: RuleContext, subject: Entity, held: readonly Edge[]): string | undefined {
  const inputs: readonly RuleInput[] = [
    ownInput(subject),
    ...held.map((edge) => ({ source_system: subject.source_system, category: edge.category })),
    ...PRIVILEGE_INPUTS.filter((input) => input.source_system === subject.source_system),
  ];
  const missing = unread(context, inputs, subject.source_tenant);
  if (missing !== undefined) return missing;
  const input = inputs.find((one) => !context.compared(one.source_system, one.category, subject.source_tenant));
  return input === undefined ? undefined : `an earlier complete read of ${inputName(input)}`;
}

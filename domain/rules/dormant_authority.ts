import type { Entity } from '../graph/types.ts';
import { inputName, ownInput, unread } from './lib/coverage.ts';
import { instant, isoDay, olderThan } from './lib/dates.ts';
import { defineRule } from './lib/define.ts';
import { PRIVILEGE_INPUTS, privilegesOf } from './lib/privileges.ts';
import { isEnabled } from './lib/state.ts';
import { DORMANT_DAYS, USAGE_INPUTS, lastUse } from './lib/usage.ts';
import { listed } from './lib/order.ts';
import type { RuleContext } from './types.ts';

const reads = [
  ...PRIVILEGE_INPUTS,
  ...USAGE_INPUTS.filter((input) => !PRIVILEGE_INPUTS.some((other) => inputName(other) === inputName(input))),
];

export const dormantAuthority = defineRule(
  {
    id: 'dormant_authority',
    version: 1,
    title: 'Privileged, and not used for 90 days',
    severity: 'medium',
    rationale:
      'Authority that nobody uses helps only an attacker. It is said only of principals whose source tells completely when they were last ' +
      'used; AWS remembers 400 days, Entra sign-ins are not read.',
    remediation:
      'Take the privileges away, or delete the principal. If it is kept for emergencies, declare it as a recovery principal and alarm on its use.',
    frameworks: { 'OWASP-NHI': ['NHI1:2025'] },
    identity_fields: ['principal'],
    reads,
  },
  function* (context) {
    for (const subject of principals(context)) {
      const held = privilegesOf(context, subject);
      const created = instant(subject, 'created_at');
      const unreadHere = unread(context, [ownInput(subject)], subject.source_tenant);
      if (unreadHere !== undefined) {
        yield { verdict: 'not_evaluated', subject, missing: unreadHere };
        continue;
      }
      if (isEnabled(subject) === false || (held.names.length === 0 && held.missing === undefined)) {
        yield { verdict: 'clear', subject };
        continue;
      }
      if (held.names.length === 0) {
        yield { verdict: 'not_evaluated', subject, missing: held.missing };
        continue;
      }
      const { at, missing } = lastUse(context, subject);
      const since = at ?? created;
      if (at === undefined || since === undefined || since === null)
        yield { verdict: 'not_evaluated', subject, missing: missing ?? 'when it was created' };
      else if (!olderThan(since, DORMANT_DAYS, context.today)) yield { verdict: 'clear', subject };
      else {
        yield {
          verdict: 'finding',
          subject,
          facts: {
            privileges: listed(held.names),
            last_used: at === null ? 'never' : isoDay(at),
            ...(created ? { created: isoDay(created) } : {}),
          },
          proof: { edges: [...held.edges, ...context.out(subject.id, 'HAS_CREDENTIAL').map((edge) => edge.id)] },
        };
      }
    }
  },
);

function* principals(context: RuleContext): Iterable<Entity> {
  for (const entity of context.entitiesOf('identity')) {
    if (['iam_user', 'service_principal', 'user', 'app_installation'].includes(entity.subtype)) yield entity;
  }
  // AWS makes and removes service-linked roles itself.
  for (const role of context.entitiesOf('role', 'iam_role')) if (role.props['service_linked'] !== true) yield role;
}

import type { Entity } from '../graph/types.ts';
import { ownInput, unread } from './lib/coverage.ts';
import { instant, isoDay, olderThan } from './lib/dates.ts';
import { defineRule } from './lib/define.ts';
import { listed } from './lib/order.ts';
import { RECOVERY_NAME, RECOVERY_PURPOSES } from './lib/privileged.ts';
import { PRIVILEGE_INPUTS, privilegesOf } from './lib/privileges.ts';
import { isEnabled, strings, text } from './lib/state.ts';
import { DORMANT_DAYS, lastUse } from './lib/usage.ts';

export const standingRecoveryPrincipal = defineRule(
  {
    id: 'standing_recovery_principal',
    version: 1,
    title: 'A recovery principal stands ready, privileged and unused',
    severity: 'high',
    rationale:
      'A break-glass identity that is always enabled is the strongest key of the house, under a mat that everyone knows. Nobody misses it, so ' +
      'nobody sees when it is used by the wrong one.',
    remediation:
      'Keep it disabled until it is needed, or let it be assumed only after approval; alarm on every use, rehearse it, and rotate its credentials after each.',
    frameworks: {},
    identity_fields: ['principal'],
    reads: PRIVILEGE_INPUTS,
  },
  function* (context) {
    const all = [...context.entitiesOf('identity'), ...context.entitiesOf('role', 'iam_role'), ...context.entitiesOf('owner')];
    for (const subject of all.filter(isRecoveryPrincipal)) {
      const held = privilegesOf(context, subject);
      const enabled = isEnabled(subject);
      const unreadHere = unread(context, [ownInput(subject)], subject.source_tenant);
      const use = lastUse(context, subject);
      const since = use.at ?? instant(subject, 'created_at');
      if (unreadHere !== undefined) yield { verdict: 'not_evaluated', subject, missing: unreadHere };
      else if (enabled === false || (held.names.length === 0 && held.missing === undefined)) yield { verdict: 'clear', subject };
      else if (held.names.length === 0) yield { verdict: 'not_evaluated', subject, missing: held.missing };
      else if (use.at === undefined) yield { verdict: 'not_evaluated', subject, missing: use.missing };
      else if (enabled === undefined) yield { verdict: 'not_evaluated', subject, missing: 'whether it is enabled' };
      else if (since instanceof Date && !olderThan(since, DORMANT_DAYS, context.today)) yield { verdict: 'clear', subject };
      else {
        yield {
          verdict: 'finding',
          subject,
          facts: { privileges: listed(held.names), last_used: use.at === null ? 'never' : isoDay(use.at) },
          proof: { edges: [...held.edges, ...context.out(subject.id, 'HAS_CREDENTIAL').map((edge) => edge.id)] },
        };
      }
    }
  },
);

/** Its own declaration first; else the names that such principals have by custom. */
function isRecoveryPrincipal(entity: Entity): boolean {
  if (entity.props['recovery_principal'] === true) return true;
  const declared = [text(entity, 'purpose') ?? '', ...strings(entity, 'tags').map((tag) => /^purpose[:=](.+)$/i.exec(tag)?.[1] ?? '')];
  return declared.some((purpose) => RECOVERY_PURPOSES.has(purpose.toLowerCase())) || RECOVERY_NAME.test(entity.display_name);
}

import { ownInput, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { listed } from './lib/order.ts';
import { OWNERSHIP_INPUTS, ownables, ownershipOf } from './lib/ownership.ts';
import { isEnabled } from './lib/state.ts';

export const disabledOwnerActiveWorkload = defineRule(
  {
    id: 'disabled_owner_active_workload',
    version: 1,
    title: 'An owner has left, the workload runs on',
    severity: 'high',
    rationale:
      'An owner is disabled while what that person owned is still switched on. Whoever leaves may have kept its credentials, and the ' +
      'decision to keep it running was never made.',
    remediation: 'Replace the disabled owner, rotate the credentials that this person could read, and decide whether it is still needed.',
    frameworks: { 'OWASP-NHI': ['NHI1:2025'] },
    identity_fields: ['subject'],
    reads: OWNERSHIP_INPUTS,
  },
  function* (context) {
    for (const subject of ownables(context)) {
      const { owners, disabled, edges, state, missing } = ownershipOf(context, subject);
      const enabled = isEnabled(subject);
      if (disabled.length > 0 && enabled === true) {
        yield {
          verdict: 'finding',
          subject,
          facts: { disabled_owners: listed(disabled.map((owner) => owner.display_name)), living_owner: state === 'living' },
          proof: { edges: edges.map((edge) => edge.id) },
        };
      } else if (enabled === false) {
        const unreadHere = unread(context, [ownInput(subject)], subject.source_tenant);
        yield unreadHere === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing: unreadHere };
      } else if (state === 'unknown') yield { verdict: 'not_evaluated', subject, missing };
      else if (disabled.length > 0) yield { verdict: 'not_evaluated', subject, missing: 'whether it is enabled' };
      else if (owners.length > 0) yield { verdict: 'clear', subject };
    }
  },
);

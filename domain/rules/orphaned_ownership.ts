import { defineRule } from './lib/define.ts';
import { listed } from './lib/order.ts';
import { OWNERSHIP_INPUTS, ownables, ownershipOf } from './lib/ownership.ts';
import { isEnabled } from './lib/state.ts';

export const orphanedOwnership = defineRule(
  {
    id: 'orphaned_ownership',
    version: 1,
    title: 'Nobody answers for this identity or workload',
    severity: 'high',
    rationale:
      'It has no owner, or every owner is disabled, so nobody will notice its misuse, renew its credentials with care, or retire it. ' +
      'Where a source has no owners of its own (tags), only what is said there counts: a missing tag is no finding.',
    remediation: 'Name at least one active owner, or disable the identity and remove it once nothing misses it.',
    frameworks: { 'OWASP-NHI': ['NHI1:2025'] },
    identity_fields: ['subject'],
    reads: OWNERSHIP_INPUTS,
  },
  function* (context) {
    for (const subject of ownables(context)) {
      const ownership = ownershipOf(context, subject);
      if (ownership.state === 'unknown') yield { verdict: 'not_evaluated', subject, missing: ownership.missing };
      else if (ownership.state === 'living' || isEnabled(subject) === false) yield { verdict: 'clear', subject };
      else {
        yield {
          verdict: 'finding',
          subject,
          facts: { owners: ownership.owners.length, disabled_owners: listed(ownership.disabled.map((owner) => owner.display_name)) },
          proof: { edges: ownership.edges.map((edge) => edge.id) },
        };
      }
    }
  },
);

import type { Edge, EntityId } from '../graph/types.ts';
import { ownInput, unread } from './lib/coverage.ts';
import { instant, isoDay } from './lib/dates.ts';
import { defineRule } from './lib/define.ts';
import { ENTRA_CREDENTIALS } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { isEnabled } from './lib/state.ts';
import { isPartOfSigning } from './lib/token-signing.ts';
import type { RuleContext } from './types.ts';

const REFERENCES = ['USES', 'REFERENCES_SECRET', 'AUTHENTICATES_AS', 'HAS_CREDENTIAL'] as const;

export const expiredCredentialStillReferenced = defineRule(
  {
    id: 'expired_credential_still_referenced',
    version: 2,
    title: 'An expired credential is still referenced',
    severity: 'medium',
    rationale:
      'Something that is switched on still points at a credential that has expired: it fails, or will be repaired in a hurry with a longer ' +
      'lifetime. Left beside valid ones it hides which of them is in use.',
    remediation:
      'Point what uses it at a valid credential, best at one without a secret (workload identity federation), and delete the expired one.',
    frameworks: {},
    identity_fields: ['credential'],
    reads: [ENTRA_CREDENTIALS],
  },
  function* (context) {
    for (const subject of context.entitiesOf('credential')) {
      const expires = instant(subject, 'expires_at');
      if (expires === undefined || isPartOfSigning(subject)) continue;
      const references = expires !== null && expires < context.today ? referencesTo(context, subject.id) : [];
      if (expires !== null && references.length > 0) {
        yield {
          verdict: 'finding',
          subject,
          facts: {
            expired: isoDay(expires),
            references: references.length,
            referenced_by: listed(references.map((edge) => context.entity(edge.from)?.display_name ?? edge.from)),
          },
          proof: { edges: listed(references.map((edge) => edge.id)) },
        };
        continue;
      }
      const missing = unread(context, [ownInput(subject)], subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

const referencesTo = (context: RuleContext, credential: EntityId): readonly Edge[] =>
  REFERENCES.flatMap((type) => context.in(credential, type)).filter((edge) => {
    const by = context.entity(edge.from);
    return by !== undefined && isEnabled(by) !== false;
  });

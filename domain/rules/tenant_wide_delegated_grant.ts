import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { ENTRA_DELEGATED_GRANTS } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { SIGN_IN_SCOPES } from './lib/privileged.ts';
import { strings } from './lib/state.ts';

export const tenantWideDelegatedGrant = defineRule(
  {
    id: 'tenant_wide_delegated_grant',
    version: 1,
    title: 'Consent for every user of the directory',
    severity: 'high',
    rationale:
      'An administrator consented for all principals: the application may act for every user, those who never saw it included. Scopes that only ' +
      "sign a person in and read that person's own profile are no finding.",
    remediation:
      'Revoke the consent and let users or groups consent for themselves, or require assignment of the enterprise application and narrow the scopes.',
    frameworks: {},
    identity_fields: ['grant'],
    reads: [ENTRA_DELEGATED_GRANTS],
  },
  function* (context) {
    for (const subject of context.entitiesOf('permission', 'delegated_grant')) {
      const consent = subject.props['consent_type'];
      const scopes = strings(subject, 'scopes');
      const broad = scopes.filter((scope) => !SIGN_IN_SCOPES.has(scope));
      // A grant whose scopes were not told is not known to be harmless.
      const harmless = scopes.length > 0 && broad.length === 0;
      if (consent === 'AllPrincipals' && !harmless) {
        yield {
          verdict: 'finding',
          subject,
          facts: { scopes: listed(scopes) },
          proof: { edges: [...context.in(subject.id, 'GRANTS'), ...context.out(subject.id, 'APPLIES_TO')].map((edge) => edge.id) },
        };
        continue;
      }
      const missing =
        typeof consent === 'string' ? unread(context, [ENTRA_DELEGATED_GRANTS], subject.source_tenant) : 'for whom it was consented';
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

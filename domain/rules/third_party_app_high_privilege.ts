import { inputsOf, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import {
  ENTRA_APP_ROLE_ASSIGNMENTS,
  ENTRA_DIRECTORY_ROLES,
  ENTRA_GROUPS,
  ENTRA_SERVICE_PRINCIPALS,
  GITHUB_INSTALLATIONS,
} from './lib/inputs.ts';
import { LISTED, listed } from './lib/order.ts';
import { privilegesOf } from './lib/privileges.ts';
import { isEnabled, text } from './lib/state.ts';

const reads = [GITHUB_INSTALLATIONS, ENTRA_SERVICE_PRINCIPALS, ENTRA_APP_ROLE_ASSIGNMENTS, ENTRA_DIRECTORY_ROLES, ENTRA_GROUPS];

export const thirdPartyAppHighPrivilege = defineRule(
  {
    id: 'third_party_app_high_privilege',
    version: 2,
    title: "Somebody else's application holds high privileges here",
    severity: 'high',
    rationale:
      'The application belongs to another organization and may change code, secrets, people or permissions of this one. A compromise of its maker ' +
      'is then a compromise here.',
    remediation:
      "Narrow the application's permissions and the repositories that it is installed on, or remove it; ask its maker for the narrower permission.",
    frameworks: { 'OWASP-NHI': ['NHI3:2025'] },
    identity_fields: ['application'],
    reads,
  },
  function* (context) {
    for (const subject of [...context.entitiesOf('identity', 'app_installation'), ...context.entitiesOf('identity', 'service_principal')]) {
      const held = privilegesOf(context, subject);
      const foreign = subject.props['third_party'];
      if (isEnabled(subject) !== false && held.names.length > 0 && foreign === true) {
        yield {
          verdict: 'finding',
          subject,
          facts: { privileges: listed(held.names), maker: text(subject, 'publisher') ?? text(subject, 'app_owner_organization_id') ?? '' },
          proof: {
            edges: [
              ...held.edges,
              ...context
                .out(subject.id, 'CAN_ACCESS')
                .slice(0, LISTED)
                .map((edge) => edge.id),
            ],
          },
        };
        continue;
      }
      const untold = foreign === false || isEnabled(subject) === false ? undefined : held.missing;
      const missing = unread(context, inputsOf(reads, subject.source_system), subject.source_tenant) ?? untold;
      if (missing !== undefined) yield { verdict: 'not_evaluated', subject, missing };
      else if (foreign === undefined && held.names.length > 0)
        yield { verdict: 'not_evaluated', subject, missing: 'whose application it is' };
      else yield { verdict: 'clear', subject };
    }
  },
);

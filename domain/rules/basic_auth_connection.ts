import type { Entity } from '../graph/types.ts';
import { inputsOf, ownInput, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { SERVICENOW_CONNECTIONS, SERVICENOW_CREDENTIALS } from './lib/inputs.ts';
import { text } from './lib/state.ts';

const reads = [SERVICENOW_CONNECTIONS, SERVICENOW_CREDENTIALS];

export const basicAuthConnection = defineRule(
  {
    id: 'basic_auth_connection',
    version: 1,
    title: 'An integration signs in with a password',
    severity: 'medium',
    rationale:
      'Basic authentication sends the same password with every request; it does not expire, has no scope, and whoever sees one request can repeat it.',
    remediation: 'Move the connection to OAuth 2.0 (client credentials or JWT bearer) or to mutual TLS, and retire the password.',
    frameworks: { 'OWASP-NHI': ['NHI4:2025'] },
    identity_fields: ['connection'],
    reads,
  },
  function* (context) {
    for (const subject of context.entitiesOf('connection')) {
      const auth = text(subject, 'auth_type')?.toLowerCase();
      const uses = [...context.out(subject.id, 'USES'), ...context.out(subject.id, 'AUTHENTICATES_AS')];
      const credentials = uses.flatMap((edge) => context.entity(edge.to) ?? []).filter((entity) => entity.type === 'credential');
      if (auth === 'basic' || credentials.some(isPassword)) {
        yield { verdict: 'finding', subject, facts: { auth_type: auth ?? 'basic' }, proof: { edges: uses.map((edge) => edge.id) } };
        continue;
      }
      const untold = auth === undefined || (auth === 'stored_credential' && credentials.length === 0);
      const missing = untold
        ? 'how it signs in'
        : unread(context, [ownInput(subject), ...inputsOf(reads, subject.source_system)], subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

const isPassword = (credential: Entity): boolean =>
  credential.subtype === 'basic_auth_profile' ||
  (credential.subtype === 'stored_credential' && text(credential, 'credential_type')?.startsWith('basic') === true);

import { ownInput, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { SERVICENOW_CONNECTIONS } from './lib/inputs.ts';
import { text } from './lib/state.ts';

export const basicAuthConnection = defineRule(
  {
    id: 'basic_auth_connection',
    version: 1,
    title: 'An integration signs in with a password',
    severity: 'medium',
    rationale: 'Basic authentication sends the same password with every request; it does not expire, has no scope, and whoever sees one request can repeat it.',
    remediation: 'Move the connection to OAuth 2.0 (client credentials or JWT bearer) or to mutual TLS, and retire the password.',
    frameworks: { 'OWASP-NHI': ['NHI4:2025'] },
    identity_fields: ['connection'],
    reads: [SERVICENOW_CONNECTIONS],
  },
  function* (context) {
    for (const subject of context.entitiesOf('connection')) {
      const auth = text(subject, 'auth_type')?.toLowerCase();
      if (auth === 'basic') {
        const credentials = [...context.out(subject.id, 'USES'), ...context.out(subject.id, 'AUTHENTICATES_AS')];
        yield { verdict: 'finding', subject, facts: { auth_type: auth }, proof: { edges: credentials.map((edge) => edge.id) } };
        continue;
      }
      const missing = auth === undefined ? 'how it signs in' : unread(context, [ownInput(subject)], subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

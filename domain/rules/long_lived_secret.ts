import { ownInput, unread } from './lib/coverage.ts';
import { daysBetween, instant, isoDay } from './lib/dates.ts';
import { defineRule } from './lib/define.ts';
import { ENTRA_CREDENTIALS, GITHUB_DEPLOY_KEYS } from './lib/inputs.ts';
import { isEnabled } from './lib/state.ts';
import { signsTokens } from './lib/token-signing.ts';

const MAX_DAYS = 180;
const SUBTYPES: ReadonlySet<string> = new Set(['client_secret', 'certificate', 'deploy_key']);

export const longLivedSecret = defineRule(
  {
    id: 'long_lived_secret',
    version: 2,
    title: 'A secret or certificate that is valid for more than 180 days',
    severity: 'medium',
    rationale:
      'The longer a secret is valid, the longer a copy of it is worth stealing, and the less often anybody practises its rotation. ' +
      'A key with which the directory signs the tokens of a single sign-on application is none: nobody signs in with it.',
    remediation:
      'Replace it by workload identity federation or a managed identity; where that is not possible, by one valid for 180 days at most.',
    frameworks: { 'OWASP-NHI': ['NHI7:2025'] },
    identity_fields: ['credential'],
    reads: [ENTRA_CREDENTIALS, GITHUB_DEPLOY_KEYS],
  },
  function* (context) {
    for (const subject of context.entitiesOf('credential')) {
      if (!SUBTYPES.has(subject.subtype) || signsTokens(subject)) continue;
      const start = instant(subject, 'start_at', 'created_at');
      // A deploy key has no end: it has been valid for as long as it is there.
      const expires = subject.subtype === 'deploy_key' ? null : instant(subject, 'expires_at');
      const off = isEnabled(subject) === false || (expires instanceof Date && expires < context.today);
      const lifetime = start instanceof Date && expires !== undefined ? daysBetween(start, expires ?? context.today) : undefined;
      const endless = expires === null && subject.subtype !== 'deploy_key';
      if (!off && (endless || (lifetime !== undefined && lifetime > MAX_DAYS))) {
        yield {
          verdict: 'finding',
          subject,
          facts: {
            ...(start instanceof Date ? { from: isoDay(start) } : {}),
            until: expires instanceof Date ? isoDay(expires) : 'never',
            ...(lifetime === undefined || expires === null ? {} : { days: Math.floor(lifetime) }),
          },
          proof: { edges: context.in(subject.id, 'HAS_CREDENTIAL').map((edge) => edge.id) },
        };
        continue;
      }
      const known = off || lifetime !== undefined;
      const missing = known ? unread(context, [ownInput(subject)], subject.source_tenant) : 'from when until when it is valid';
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

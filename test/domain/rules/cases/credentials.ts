import type { Entity, Props } from '../../../../domain/graph/types.ts';
import { type GraphBuilder, daysAgo } from '../builder.ts';
import { type RuleCase, user } from './types.ts';

const app = (g: GraphBuilder, props: Props = {}): Entity =>
  g.entity('identity', 'app_registration', 'app', props, { system: 'entra', category: 'applications' });

function secret(g: GraphBuilder, props: Props, holder = app(g), subtype = 'client_secret'): Entity {
  const entity = g.entity('credential', subtype, 'secret', props, { system: 'entra', category: 'credentials' });
  g.edge(holder, 'HAS_CREDENTIAL', entity, {}, { category: 'credentials' });
  return entity;
}

function key(g: GraphBuilder, holder: Entity, id: string, props: Props): Entity {
  const entity = g.entity('credential', 'iam_access_key', id, { status: 'Active', created_at: daysAgo(10), expires_at: null, ...props });
  g.edge(holder, 'HAS_CREDENTIAL', entity);
  return entity;
}

const expired = 'expired_credential_still_referenced';
const longLived = 'long_lived_secret';
const rotated = 'aws_access_key_not_rotated';
const two = 'two_active_access_keys';
const deployKey = (g: GraphBuilder, props: Props): Entity =>
  g.entity('credential', 'deploy_key', 'deploy_key:1', props, { system: 'github', category: 'deploy_keys' });

export const CREDENTIAL_CASES: readonly RuleCase[] = [
  {
    rule: expired,
    name: 'expired, still on its application',
    verdict: 'finding',
    facts: { referenced_by: ['app'] },
    build: (g) => secret(g, { expires_at: daysAgo(3) }),
  },
  {
    rule: expired,
    name: 'expired, on a disabled application',
    verdict: 'clear',
    build: (g) => secret(g, { expires_at: daysAgo(3) }, app(g, { account_enabled: false })),
  },
  {
    rule: expired,
    name: 'the expired certificate of a SAML application, once for its three records',
    verdict: 'finding',
    build: (g) => secret(g, { expires_at: daysAgo(3), purpose: 'token_signing', usage: 'sign' }, app(g), 'certificate'),
  },
  {
    rule: expired,
    name: 'the public key of that certificate',
    verdict: 'nothing',
    build: (g) => secret(g, { expires_at: daysAgo(3), purpose: 'token_signing', usage: 'verify' }, app(g), 'certificate'),
  },
  { rule: expired, name: 'valid', verdict: 'clear', build: (g) => secret(g, { expires_at: daysAgo(-30) }) },
  { rule: expired, name: 'without an end', verdict: 'clear', build: (g) => secret(g, { expires_at: null }) },
  { rule: expired, name: 'its end is not told', verdict: 'nothing', build: (g) => secret(g, {}) },
  {
    rule: expired,
    name: 'credentials were read in part',
    verdict: 'not_evaluated',
    missing: /entra:credentials/,
    build: (g) => {
      g.cover('entra:credentials', 'partial');
      return secret(g, { expires_at: daysAgo(-30) });
    },
  },

  {
    rule: longLived,
    name: 'the key that signs the tokens of a SAML application',
    verdict: 'nothing',
    build: (g) => secret(g, { start_at: daysAgo(30), expires_at: daysAgo(-1000), purpose: 'token_signing' }, app(g), 'certificate'),
  },
  {
    rule: longLived,
    name: 'two years',
    verdict: 'finding',
    facts: { days: 730 },
    build: (g) => secret(g, { start_at: daysAgo(30), expires_at: daysAgo(-700) }),
  },
  {
    rule: longLived,
    name: 'a certificate of 181 days',
    verdict: 'finding',
    build: (g) => secret(g, { start_at: daysAgo(1), expires_at: daysAgo(-180) }, app(g), 'certificate'),
  },
  { rule: longLived, name: '180 days', verdict: 'clear', build: (g) => secret(g, { start_at: daysAgo(0), expires_at: daysAgo(-180) }) },
  {
    rule: longLived,
    name: 'long, but over',
    verdict: 'clear',
    build: (g) => secret(g, { start_at: daysAgo(800), expires_at: daysAgo(1) }),
  },
  {
    rule: longLived,
    name: 'never ends',
    verdict: 'finding',
    facts: { until: 'never' },
    build: (g) => secret(g, { start_at: daysAgo(1), expires_at: null }),
  },
  {
    rule: longLived,
    name: 'the end is not told',
    verdict: 'not_evaluated',
    missing: /valid/,
    build: (g) => secret(g, { start_at: daysAgo(1) }),
  },
  {
    rule: longLived,
    name: 'a date that is none',
    verdict: 'not_evaluated',
    build: (g) => secret(g, { start_at: 'yesterday', expires_at: daysAgo(-1) }),
  },
  {
    rule: longLived,
    name: 'an old deploy key',
    verdict: 'finding',
    facts: { until: 'never' },
    build: (g) => deployKey(g, { enabled: true, created_at: daysAgo(181) }),
  },
  { rule: longLived, name: 'a young deploy key', verdict: 'clear', build: (g) => deployKey(g, { enabled: true, created_at: daysAgo(20) }) },
  {
    rule: longLived,
    name: 'an old deploy key that is off',
    verdict: 'clear',
    build: (g) => deployKey(g, { enabled: false, created_at: daysAgo(500) }),
  },

  { rule: rotated, name: '91 days old', verdict: 'finding', build: (g) => key(g, user(g), 'AKIA1', { created_at: daysAgo(91) }) },
  { rule: rotated, name: '90 days old', verdict: 'clear', build: (g) => key(g, user(g), 'AKIA1', { created_at: daysAgo(90) }) },
  {
    rule: rotated,
    name: 'old and inactive',
    verdict: 'clear',
    build: (g) => key(g, user(g), 'AKIA1', { status: 'Inactive', created_at: daysAgo(900) }),
  },
  {
    rule: rotated,
    name: 'AWS did not say its status',
    verdict: 'not_evaluated',
    missing: /status/,
    build: (g) => key(g, user(g), 'AKIA1', { status: 'Unknown', created_at: daysAgo(900) }),
  },
  {
    rule: rotated,
    name: 'IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'partial');
      return key(g, user(g), 'AKIA1', {});
    },
  },

  {
    rule: two,
    name: 'two active',
    verdict: 'finding',
    facts: { keys: ['AKIA1', 'AKIA2'] },
    build: (g) => {
      const u = user(g);
      key(g, u, 'AKIA2', {});
      key(g, u, 'AKIA1', {});
      return u;
    },
  },
  {
    rule: two,
    name: 'one of two active',
    verdict: 'clear',
    build: (g) => {
      const u = user(g);
      key(g, u, 'AKIA1', {});
      key(g, u, 'AKIA2', { status: 'Inactive' });
      return u;
    },
  },
  { rule: two, name: 'no key', verdict: 'clear', build: (g) => user(g) },
  {
    rule: two,
    name: 'the status of one is not known',
    verdict: 'not_evaluated',
    build: (g) => {
      const u = user(g);
      key(g, u, 'AKIA1', {});
      key(g, u, 'AKIA2', { status: 'Unknown' });
      return u;
    },
  },
  {
    rule: two,
    name: 'keys were not read',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'partial');
      const u = user(g);
      key(g, u, 'AKIA1', {});
      return u;
    },
  },
];

import { type RuleCase, allow, arn, deny, group, role, statement, user } from './types.ts';

const admin = 'admin_policy';

export const AWS_ADMIN_CASES: readonly RuleCase[] = [
  {
    rule: admin,
    name: '`*` on `*`',
    verdict: 'finding',
    facts: { policies: ['AdministratorAccess'], conditional: false },
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*'], { policy_name: 'AdministratorAccess' });
      return r;
    },
  },
  {
    rule: admin,
    name: '`*:*` is the same',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*:*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'through a group',
    verdict: 'finding',
    build: (g) => {
      const u = user(g);
      const team = group(g);
      g.edge(u, 'MEMBER_OF', team);
      allow(g, team, ['*']);
      return u;
    },
  },
  {
    rule: admin,
    name: 'one service only',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['s3:*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'one resource only',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*'], { resources: ['arn:aws:s3:::exports/*'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'everything but IAM (NotAction)',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      statement(g, [r], { actions: [], not_actions: ['iam:*', 'organizations:*'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'everything but billing (NotAction)',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      statement(g, [r], { actions: [], not_actions: ['aws-portal:*'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'a deny of everything',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*']);
      deny(g, r, ['*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'a deny of IAM',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*']);
      deny(g, r, ['iam:*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'a deny of something else',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*']);
      deny(g, r, ['cloudtrail:StopLogging']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'a deny without MFA protects from nobody who has it',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*']);
      deny(g, r, ['*'], { condition_keys: ['aws:MultiFactorAuthPresent'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'allowed with MFA',
    verdict: 'finding',
    facts: { conditional: true },
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*'], { condition_keys: ['aws:MultiFactorAuthPresent'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'allowed under a condition on tags',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*'], { condition_keys: ['aws:ResourceTag/team'] });
      return r;
    },
  },
  {
    rule: admin,
    name: 'a boundary that leaves only S3',
    verdict: 'clear',
    build: (g) => {
      const r = role(g, 'bounded', { permissions_boundary_arn: arn('policy/b') });
      allow(g, r, ['*']);
      statement(g, [], { actions: ['s3:*'], policy_arn: arn('policy/b') });
      return r;
    },
  },
  {
    rule: admin,
    name: 'a boundary that bounds nothing',
    verdict: 'finding',
    build: (g) => {
      const r = role(g, 'bounded', { permissions_boundary_arn: arn('policy/b') });
      allow(g, r, ['*']);
      statement(g, [], { actions: ['*'], policy_arn: arn('policy/b') });
      return r;
    },
  },
  {
    rule: admin,
    name: 'a boundary that denies IAM',
    verdict: 'clear',
    build: (g) => {
      const r = role(g, 'bounded', { permissions_boundary_arn: arn('policy/b') });
      allow(g, r, ['*']);
      statement(g, [], { actions: ['*'], policy_arn: arn('policy/b') });
      statement(g, [], { effect: 'Deny', actions: ['iam:*'], policy_arn: arn('policy/b') });
      return r;
    },
  },
  {
    rule: admin,
    name: 'a boundary that was not read',
    verdict: 'not_evaluated',
    missing: /boundary/,
    build: (g) => {
      const r = role(g, 'bounded', { permissions_boundary_arn: arn('policy/unread') });
      allow(g, r, ['*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'partial');
      const r = role(g);
      allow(g, r, ['*']);
      return r;
    },
  },
  {
    rule: admin,
    name: 'AWS makes service-linked roles itself',
    verdict: 'nothing',
    build: (g) => {
      const r = role(g, 'aws-service-role', { service_linked: true });
      allow(g, r, ['*']);
      return r;
    },
  },
];

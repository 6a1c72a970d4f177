import type { Entity } from '../../../../domain/graph/types.ts';
import type { GraphBuilder } from '../builder.ts';
import { type RuleCase, allow, arn, deny, group, role, statement, user } from './types.ts';

const escalation = 'privilege_escalation';
const everything = (g: GraphBuilder, holder: Entity): Entity => {
  const permission = g.entity('permission', 'iam_statement', 'everything', {
    ...{ effect: 'Allow', actions: ['*'], resources: ['*'], condition_keys: [], policy_name: 'everything' },
  });
  g.edge(holder, 'GRANTS', permission, { effect: 'Allow' });
  return permission;
};

export const AWS_ESCALATION_CASES: readonly RuleCase[] = [
  {
    rule: escalation,
    name: 'a policy of its own, by wildcard',
    verdict: 'finding',
    facts: { methods: ['put_user_policy'] },
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:Put*Policy'], { resources: [arn('user/*')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'action names have no case',
    verdict: 'finding',
    build: (g) => {
      const u = user(g);
      allow(g, u, ['IAM:attachuserpolicy']);
      return u;
    },
  },
  {
    rule: escalation,
    name: 'its own user by policy variable',
    verdict: 'finding',
    facts: { methods: ['attach_user_policy'] },
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:AttachUserPolicy'], { resources: [arn('user/${aws:username}')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'its own access key is its own business',
    verdict: 'clear',
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:CreateAccessKey'], { resources: [arn('user/${aws:username}')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: "another user's access key",
    verdict: 'finding',
    facts: { methods: ['create_access_key'] },
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:CreateAccessKey']);
      return u;
    },
  },
  {
    rule: escalation,
    name: 'the access key of one administrator',
    verdict: 'finding',
    facts: { methods: ['create_access_key'] },
    proof: ['ada', 'boss', 'everything'],
    build: (g) => {
      const boss = user(g, 'boss');
      everything(g, boss);
      const u = user(g);
      allow(g, u, ['iam:CreateAccessKey'], { resources: [arn('user/boss')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'the access key of one who is no administrator',
    verdict: 'clear',
    build: (g) => {
      const boss = user(g, 'boss');
      allow(g, boss, ['s3:*']);
      const u = user(g);
      allow(g, u, ['iam:CreateAccessKey'], { resources: [arn('user/boss')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'combined from two policies',
    verdict: 'finding',
    facts: { methods: ['pass_role_ec2'] },
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole']);
      allow(g, r, ['ec2:RunInstances']);
      return r;
    },
  },
  {
    rule: escalation,
    name: "combined from its own and its group's",
    verdict: 'finding',
    facts: { methods: ['pass_role_cloudformation'] },
    build: (g) => {
      const u = user(g);
      const team = group(g);
      g.edge(u, 'MEMBER_OF', team);
      allow(g, team, ['cloudformation:*']);
      allow(g, u, ['iam:PassRole'], { resources: [arn('role/*')] });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'half a method',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole', 'ec2:DescribeInstances']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'passing one ordinary role',
    verdict: 'clear',
    build: (g) => {
      role(g, 'worker');
      const r = role(g);
      allow(g, r, ['iam:PassRole'], { resources: [arn('role/worker')] });
      allow(g, r, ['ec2:RunInstances']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'passing one administrator role',
    verdict: 'finding',
    proof: ['app', 'boss', 'everything'],
    build: (g) => {
      const boss = role(g, 'boss');
      everything(g, boss);
      const r = role(g);
      allow(g, r, ['iam:PassRole'], { resources: [arn('role/bo??')] });
      allow(g, r, ['ec2:RunInstances']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'a deny of one half',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole', 'ec2:RunInstances']);
      deny(g, r, ['iam:Pass*']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'a deny with NotAction',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole', 'ec2:RunInstances']);
      statement(g, [r], { effect: 'Deny', actions: [], not_actions: ['s3:*'] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'a deny of some roles only',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole', 'ec2:RunInstances']);
      deny(g, r, ['iam:PassRole'], { resources: [arn('role/other')] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'NotAction that leaves IAM in',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      statement(g, [r], { actions: [], not_actions: ['s3:*'], resources: [arn('*')] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'passing roles to a named service',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PassRole'], { condition_keys: ['iam:PassedToService'] });
      allow(g, r, ['ec2:RunInstances']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'from the office only is still allowed',
    verdict: 'finding',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['iam:PutRolePolicy'], { condition_keys: ['aws:SourceIp'] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'the boundary takes it away',
    verdict: 'clear',
    build: (g) => {
      const r = role(g, 'bounded', { permissions_boundary_arn: arn('policy/b') });
      allow(g, r, ['iam:*']);
      statement(g, [], { actions: ['s3:*'], policy_arn: arn('policy/b') });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'a new version of its own policy',
    verdict: 'finding',
    facts: { methods: ['create_policy_version'] },
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:CreatePolicyVersion'], { resources: [arn('policy/mine')], policy_arn: arn('policy/mine') });
      return u;
    },
  },
  {
    rule: escalation,
    name: "a new version of somebody's policy",
    verdict: 'clear',
    build: (g) => {
      const u = user(g);
      allow(g, u, ['iam:CreatePolicyVersion'], { resources: [arn('policy/theirs')], policy_arn: arn('policy/mine') });
      return u;
    },
  },
  {
    rule: escalation,
    name: 'the code of a function that administers',
    verdict: 'finding',
    facts: { methods: ['update_function_code'] },
    proof: ['app', 'arn:aws:lambda:eu-west-1:111122223333:function:job', 'boss', 'everything'],
    build: (g) => {
      const boss = role(g, 'boss');
      everything(g, boss);
      const fn = `arn:aws:lambda:eu-west-1:111122223333:function:job`;
      g.edge(g.entity('workload', 'lambda_function', fn, { arn: fn }, { category: 'lambda' }), 'RUNS_AS', boss);
      const r = role(g);
      allow(g, r, ['lambda:UpdateFunctionCode'], { resources: [fn] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'the code of a function, and functions were not read',
    verdict: 'not_evaluated',
    missing: /aws:lambda/,
    build: (g) => {
      g.cover('aws:lambda', 'failed');
      const r = role(g);
      allow(g, r, ['lambda:UpdateFunctionCode'], { resources: ['arn:aws:lambda:eu-west-1:111122223333:function:job'] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'the code of an ordinary function',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['lambda:UpdateFunctionCode'], { resources: ['arn:aws:lambda:eu-west-1:111122223333:function:job'] });
      return r;
    },
  },
  {
    rule: escalation,
    name: 'administrators are left to admin_policy',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      allow(g, r, ['*']);
      return r;
    },
  },
  {
    rule: escalation,
    name: 'IAM failed',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'failed');
      return role(g);
    },
  },
];

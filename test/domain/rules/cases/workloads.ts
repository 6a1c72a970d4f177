import type { Entity, Props } from '../../../../domain/graph/types.ts';
import type { GraphBuilder } from '../builder.ts';
import { type RuleCase, role } from './types.ts';

const shared = 'identity_shared_by_workloads';
const human = 'human_account_runs_workload';
const basic = 'basic_auth_connection';
const target = 'pull_request_target_with_secrets';
const foreign = 'third_party_app_high_privilege';

const lambda = (g: GraphBuilder, name: string, runsAs: Entity): Entity => {
  const fn = g.entity('workload', 'lambda_function', name, { enabled: true }, { category: 'lambda' });
  g.edge(fn, 'RUNS_AS', runsAs);
  return fn;
};
const snow = { system: 'servicenow' } as const;
const snowUser = (g: GraphBuilder, props: Props): Entity =>
  g.entity('identity', 'user', 'u1', { active: true, ...props }, { ...snow, category: 'users' });
const job = (g: GraphBuilder, runsAs: Entity, props: Props = {}): void => {
  g.edge(g.entity('workload', 'scheduled_job', 'j1', { active: true, ...props }, { ...snow, category: 'workloads' }), 'RUNS_AS', runsAs);
};
const runBy =
  (props: Props, ofJob: Props = {}) =>
  (g: GraphBuilder): Entity => {
    const u = snowUser(g, props);
    job(g, u, ofJob);
    return u;
  };
const connection =
  (props: Props) =>
  (g: GraphBuilder): Entity =>
    g.entity('connection', 'rest_message', 'm1', props, { ...snow, category: 'connections' });
const without =
  (input: string, build: (g: GraphBuilder) => Entity) =>
  (g: GraphBuilder): Entity => {
    g.cover(input, 'failed');
    return build(g);
  };

const workflow =
  (props: Props, ...secrets: readonly string[]) =>
  (g: GraphBuilder): Entity => {
    const w = g.entity('workload', 'workflow', 'workflow:1', { state: 'active', ...props }, { system: 'github', category: 'workflows' });
    for (const name of secrets)
      g.edge(
        w,
        'REFERENCES_SECRET',
        g.entity('credential', 'actions_secret', name, {}, { system: 'github', category: 'secrets' }),
        {},
        { category: 'secrets' },
      );
    return w;
  };
const app =
  (props: Props) =>
  (g: GraphBuilder): Entity =>
    g.entity(
      'identity',
      'app_installation',
      'app_installation:1',
      { suspended: false, ...props },
      { system: 'github', category: 'installations' },
    );

export const WORKLOAD_CASES: readonly RuleCase[] = [
  {
    rule: shared,
    name: 'two functions, one role',
    verdict: 'finding',
    facts: { workload_count: 2, workloads: ['a', 'b'] },
    build: (g) => {
      const r = role(g);
      lambda(g, 'b', r);
      lambda(g, 'a', r);
      return r;
    },
  },
  {
    rule: shared,
    name: 'one function',
    verdict: 'clear',
    build: (g) => {
      const r = role(g);
      lambda(g, 'a', r);
      return r;
    },
  },
  { rule: shared, name: 'no workload', verdict: 'nothing', build: (g) => role(g) },
  {
    rule: shared,
    name: 'functions were read in part',
    verdict: 'not_evaluated',
    missing: /aws:lambda/,
    build: without('aws:lambda', (g) => {
      const r = role(g);
      lambda(g, 'a', r);
      return r;
    }),
  },

  {
    rule: human,
    name: 'a person',
    verdict: 'finding',
    facts: { workloads: ['j1'] },
    build: runBy({ internal_integration_user: false, web_service_access_only: false }),
  },
  {
    rule: human,
    name: 'an integration user',
    verdict: 'clear',
    build: runBy({ internal_integration_user: true, web_service_access_only: false }),
  },
  { rule: human, name: 'web service access only', verdict: 'clear', build: runBy({ web_service_access_only: true }) },
  {
    rule: human,
    name: 'a person whose job is off',
    verdict: 'clear',
    build: runBy({ internal_integration_user: false, web_service_access_only: false }, { active: false }),
  },
  {
    rule: human,
    name: 'half of it is not told',
    verdict: 'not_evaluated',
    missing: /person/,
    build: runBy({ web_service_access_only: false }),
  },
  { rule: human, name: 'the source does not say', verdict: 'not_evaluated', missing: /person/, build: runBy({}) },
  {
    rule: human,
    name: 'users were read in part',
    verdict: 'not_evaluated',
    missing: /servicenow:users/,
    build: without('servicenow:users', runBy({ web_service_access_only: true })),
  },

  { rule: basic, name: 'a password', verdict: 'finding', build: connection({ auth_type: 'basic' }) },
  { rule: basic, name: 'OAuth', verdict: 'clear', build: connection({ auth_type: 'oauth2' }) },
  {
    rule: basic,
    name: 'a stored password',
    verdict: 'finding',
    build: (g) => {
      const alias = connection({ auth_type: 'stored_credential' })(g);
      g.edge(
        alias,
        'USES',
        g.entity('credential', 'stored_credential', 'c1', { credential_type: 'basic_auth' }, { ...snow, category: 'credentials' }),
      );
      return alias;
    },
  },
  {
    rule: basic,
    name: 'a stored credential that was not read',
    verdict: 'not_evaluated',
    missing: /signs in/,
    build: connection({ auth_type: 'stored_credential' }),
  },
  { rule: basic, name: 'it is not told', verdict: 'not_evaluated', missing: /signs in/, build: connection({}) },
  {
    rule: basic,
    name: 'connections were read in part',
    verdict: 'not_evaluated',
    missing: /servicenow:connections/,
    build: without('servicenow:connections', connection({ auth_type: 'oauth2' })),
  },

  {
    rule: target,
    name: 'anyone, with a secret',
    verdict: 'finding',
    facts: { secrets: ['TOKEN'] },
    build: workflow({ triggers: ['pull_request_target', 'push'] }, 'TOKEN'),
  },
  {
    rule: target,
    name: 'the secrets could not be listed, the file names one',
    verdict: 'finding',
    facts: { secrets: ['DEPLOY_KEY'] },
    build: without('github:secrets', workflow({ triggers: ['pull_request_target'], secret_names: ['DEPLOY_KEY'] })),
  },
  {
    rule: target,
    name: 'every secret',
    verdict: 'finding',
    facts: { every_secret: true },
    build: workflow({ triggers: ['pull_request_target'], all_secrets: true }),
  },
  {
    rule: target,
    name: 'anyone, without secrets',
    verdict: 'clear',
    build: workflow({ triggers: ['pull_request_target'], secret_names: [] }),
  },
  { rule: target, name: 'pushes, with a secret', verdict: 'clear', build: workflow({ triggers: ['push', 'pull_request'] }, 'TOKEN') },
  {
    rule: target,
    name: 'switched off',
    verdict: 'clear',
    build: workflow({ triggers: ['pull_request_target'], state: 'disabled_manually' }, 'TOKEN'),
  },
  { rule: target, name: 'the file could not be parsed', verdict: 'not_evaluated', missing: /starts/, build: workflow({ parsed: false }) },
  {
    rule: target,
    name: 'workflows were read in part',
    verdict: 'not_evaluated',
    missing: /github:workflows/,
    build: without('github:workflows', workflow({ triggers: ['push'] })),
  },

  {
    rule: foreign,
    name: "somebody else's, writes code",
    verdict: 'finding',
    facts: { privileges: ['contents:write'], maker: 'ci-vendor' },
    build: app({ third_party: true, publisher: 'ci-vendor', permissions: ['contents:write', 'metadata:read'] }),
  },
  { rule: foreign, name: "somebody else's, reads", verdict: 'clear', build: app({ third_party: true, permissions: ['contents:read'] }) },
  { rule: foreign, name: 'our own, writes code', verdict: 'clear', build: app({ third_party: false, permissions: ['contents:write'] }) },
  {
    rule: foreign,
    name: 'suspended',
    verdict: 'clear',
    build: app({ third_party: true, suspended: true, permissions: ['contents:write'] }),
  },
  {
    rule: foreign,
    name: 'whose it is is not told',
    verdict: 'not_evaluated',
    missing: /whose/,
    build: app({ permissions: ['contents:write'] }),
  },
  {
    rule: foreign,
    name: 'installations were not read',
    verdict: 'not_evaluated',
    missing: /github:installations/,
    build: without('github:installations', app({ third_party: true, permissions: ['contents:read'] })),
  },
];

import { describe, expect, it } from 'vitest';
import type { ActionsSecret, Environment, Installation, Repository, User } from '../../../connectors/github/api-types.ts';
import * as api from '../../../connectors/github/api-types.ts';
import { convertInstallation } from '../../../connectors/github/converters/installation.ts';
import { convertDeployKey, convertEnvironment, convertRepository, convertUser } from '../../../connectors/github/converters/repository.ts';
import { convertReferences, convertSecret, namesOf } from '../../../connectors/github/converters/secret.ts';
import { convertWorkflow, type WorkflowSource } from '../../../connectors/github/converters/workflow.ts';
import { readWorkflowFile } from '../../../connectors/github/converters/workflow-file.ts';
import { graphEntity } from '../../../domain/graph/schema.ts';

const repository: Repository = {
  id: 7,
  name: 'app',
  full_name: 'octo/app',
  owner: { login: 'octo', id: 1 },
  private: true,
  visibility: 'internal',
  fork: false,
  archived: false,
  disabled: false,
  default_branch: 'main',
  created_at: '2024-01-01T00:00:00Z',
};
const admin: User = { id: 5, login: 'mira', type: 'User' };
const workflow = { id: 70, path: '.github/workflows/deploy.yml', state: 'active', created_at: null };

describe('repositories', () => {
  it('are owned by the people that they name as administrators', () => {
    const { entities, edges } = convertRepository(repository, [admin]);
    expect(entities[0]).toMatchObject({
      type: 'resource',
      subtype: 'repository',
      native_id: 'repository:7',
      display_name: 'octo/app',
      props: { visibility: 'internal', direct_admins: 1 },
    });
    expect(edges).toEqual([
      {
        from: { type: 'resource', native_id: 'repository:7' },
        type: 'OWNED_BY',
        to: { type: 'owner', native_id: 'user:5' },
        props: { basis: 'repository_admin' },
      },
    ]);
  });

  it('DATA-04: administrators that could not be read are unknown, not none', () => {
    expect(convertRepository(repository, null).entities[0]?.props['direct_admins']).toBeNull();
    expect(convertRepository(repository, []).entities[0]?.props['direct_admins']).toBe(0);
  });

  it('DATA-04: whether an account is suspended is unknown on GitHub.com, known on an Enterprise Server', () => {
    expect(convertUser(admin).props['suspended']).toBeNull();
    expect(convertUser({ ...admin, suspended_at: null }).props['suspended']).toBe(false);
    expect(convertUser({ ...admin, suspended_at: '2026-01-01T00:00:00Z' }).props['suspended']).toBe(true);
  });
});

describe('environments', () => {
  const base: Environment = { id: 9, name: 'production', protection_rules: [] };
  const props = (more: Partial<Environment>, patterns: readonly string[] | null = []) =>
    convertEnvironment(repository, { ...base, ...more }, patterns).entities[0]?.props;

  it('say what protects them', () => {
    expect(props({})).toMatchObject({
      environment: 'production',
      protected: false,
      required_reviewers: 0,
      wait_minutes: 0,
      branch_policy: 'any',
      branch_patterns: [],
    });
    const guarded = props(
      {
        protection_rules: [
          { type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'User' }, { type: 'Team' }] },
          { type: 'wait_timer', wait_timer: 30 },
          { type: 'branch_policy' },
        ],
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
        can_admins_bypass: false,
      },
      ['release/*', 'main'],
    );
    expect(guarded).toMatchObject({
      protected: true,
      required_reviewers: 2,
      prevent_self_review: true,
      wait_minutes: 30,
      branch_policy: 'custom',
      branch_patterns: ['main', 'release/*'],
      admins_can_bypass: false,
    });
    expect(props({ deployment_branch_policy: { protected_branches: true, custom_branch_policies: false } })).toMatchObject({
      branch_policy: 'protected_branches',
      protected: true,
    });
    expect(props({ deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } }, null)).toMatchObject({
      branch_patterns: null,
    });
  });

  it('are members of their repository', () => {
    expect(convertEnvironment(repository, base, []).edges[0]).toMatchObject({
      from: { native_id: 'environment:9' },
      type: 'MEMBER_OF',
      to: { native_id: 'repository:7' },
    });
  });
});

describe('deploy keys', () => {
  it('DATA-09: give dates and rights, neither the key nor its title', () => {
    const answer = {
      id: 3,
      key: 'ssh-ed25519 CANARY',
      title: 'CANARY',
      read_only: false,
      verified: true,
      created_at: '2024-01-01T00:00:00Z',
      last_used: null,
      added_by: 'CANARY',
    };
    const { entities, edges } = convertDeployKey(repository, api.deployKey.parse(answer));
    expect(entities[0]).toMatchObject({
      subtype: 'deploy_key',
      props: { read_only: false, created_at: '2024-01-01T00:00:00Z', last_used_at: null, enabled: true },
    });
    expect(edges[0]).toMatchObject({
      from: { native_id: 'repository:7' },
      type: 'HAS_CREDENTIAL',
      to: { native_id: 'deploy_key:3' },
      props: { access: 'write' },
    });
    expect(JSON.stringify({ entities, edges })).not.toContain('CANARY');
  });
});

describe('installations', () => {
  const installation: Installation = {
    id: 11,
    app_id: 42,
    app_slug: 'robot',
    repository_selection: 'all',
    permissions: { actions: 'write', metadata: 'read' },
    events: [],
    created_at: null,
    suspended_at: null,
  };
  const convert = (more: Partial<Installation> = {}, publisher: string | null | undefined = 'maker') =>
    convertInstallation(
      { installation: { ...installation, ...more }, publisher, organization: 'octo', apiHost: 'api.github.com' },
      [repository],
      [workflow],
    );

  it('reach repositories, and dispatch workflows when they may write actions', () => {
    const { entities, edges } = convert();
    expect(entities[0]).toMatchObject({
      type: 'identity',
      native_id: 'app_installation:11',
      props: { permissions: ['actions:write', 'metadata:read'], third_party: true, publisher: 'maker' },
      join_keys: [{ k: 'github_app', v: 'api.github.com|42' }],
    });
    expect(edges.map(({ type, to, props }) => [type, to.native_id, props])).toEqual([
      ['CAN_ACCESS', 'repository:7', { access: 'write' }],
      ['CAN_DISPATCH', 'workflow:70', {}],
    ]);
  });

  it.each([['Iv1.ab1112223334445c'], ['Iv23liNorthwind0042x']])(
    'DATA-07: are found by the client id too, where it is told: %s',
    (client_id) => {
      const keys = [
        { k: 'github_app', v: 'api.github.com|42' },
        { k: 'github_app', v: `api.github.com|${client_id}` },
      ];
      expect(convert({ client_id }).entities[0]?.join_keys).toEqual(keys);
      expect(convert({ client_id: 'a|b' }).entities[0]?.join_keys).toEqual(keys.slice(0, 1));
      expect(api.installation.parse({ ...installation, client_id }).client_id).toBe(client_id);
    },
  );

  it("do not dispatch with less, and do not touch repositories with metadata or the organization's matters alone", () => {
    expect(convert({ permissions: { actions: 'read' } }).edges.map(({ type, props }) => [type, props])).toEqual([
      ['CAN_ACCESS', { access: 'read' }],
    ]);
    expect(convert({ permissions: { metadata: 'read', members: 'write', organization_hooks: 'write' } }).edges).toEqual([]);
  });

  it('DATA-04: of a selection nobody can tell which repositories it holds: no edge, and it says so', () => {
    const { entities, edges } = convert({ repository_selection: 'selected' });
    expect(edges).toEqual([]);
    expect(entities[0]?.props).toMatchObject({ repositories_known: false, repository_selection: 'selected' });
  });

  it('do nothing while suspended', () => {
    const { entities, edges } = convert({ suspended_at: '2026-01-01T00:00:00Z' });
    expect(edges).toEqual([]);
    expect(entities[0]?.props['suspended']).toBe(true);
  });

  it("are somebody else's by their publisher; a private app is the organization's own; unknown stays unknown", () => {
    expect(convert({}, 'OCTO').entities[0]?.props['third_party']).toBe(false);
    expect(convert({}, null).entities[0]?.props).toMatchObject({ third_party: false, publisher: 'octo' });
    const unknown = convertInstallation({ installation, publisher: undefined, organization: 'octo', apiHost: 'h' }, [], []).entities[0]
      ?.props;
    expect(unknown).not.toHaveProperty('third_party');
  });
});

describe('secrets', () => {
  const secret = (name: string): ActionsSecret => ({ name, created_at: '2024-01-01T00:00:00Z', updated_at: '2025-01-01T00:00:00Z' });
  const facts = (text: string) => readWorkflowFile(text) ?? { triggers: [], jobs: [] };
  const visible = {
    organization: namesOf([secret('SHARED'), secret('ORG_ONLY')]),
    repository: namesOf([secret('SHARED'), secret('Repo_Only')]),
    environments: new Map([['production', { id: 9, names: namesOf([secret('SHARED')]) }]]),
  };
  const targets = (text: string): string[] => convertReferences(repository, 70, facts(text), visible).map(({ to }) => to.native_id);

  it('are names and dates', () => {
    expect(convertSecret({ level: 'repository', repository: 7 }, secret('TOKEN'), { repository: 'octo/app' })).toMatchObject({
      subtype: 'actions_secret',
      native_id: 'actions_secret:repository:7:TOKEN',
      display_name: 'TOKEN',
      props: { level: 'repository', updated_at: '2025-01-01T00:00:00Z' },
    });
  });

  it('a reference means the nearest secret of that name', () => {
    const use = 'steps: [{ run: "${{ secrets.shared }} ${{ secrets.REPO_ONLY }} ${{ secrets.ORG_ONLY }} ${{ secrets.NOWHERE }}" }]';
    expect(targets(`on: push\njobs: { a: { ${use} } }`)).toEqual([
      'actions_secret:organization:ORG_ONLY',
      'actions_secret:repository:7:REPO_ONLY',
      'actions_secret:repository:7:SHARED',
    ]);
    expect(targets(`on: push\njobs: { a: { environment: Production, ${use} } }`)).toContain('actions_secret:environment:9:SHARED');
    expect(targets(`on: push\njobs: { a: { environment: staging, ${use} } }`)).toContain('actions_secret:repository:7:SHARED');
  });

  it('a job that gets all of them references all that it can see, and the edge names the jobs', () => {
    expect(targets('on: push\njobs: { a: { uses: o/r/.github/workflows/x.yml@v1, secrets: inherit } }')).toHaveLength(3);
    const text = 'on: push\njobs:\n  b: { env: { A: "${{ secrets.ORG_ONLY }}" } }\n  a: { env: { A: "${{ secrets.ORG_ONLY }}" } }\n';
    expect(convertReferences(repository, 70, facts(text), visible)[0]?.props).toEqual({ jobs: ['a', 'b'] });
  });
});

describe('workflows', () => {
  const source = (text: string, more: Partial<WorkflowSource> = {}): WorkflowSource => ({
    repository,
    workflow,
    facts: readWorkflowFile(text),
    template: { use_default: true },
    owners: [admin],
    apiHost: 'api.github.com',
    oidcIssuer: 'token.actions.githubusercontent.com',
    hosted: true,
    ...more,
  });
  const text = `on: { workflow_dispatch: , push: { branches: [main] } }
jobs:
  deploy:
    environment: production
    permissions: { id-token: write }
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with: { role-to-assume: 'arn:aws:iam::111122223333:role/deploy' }
`;

  it('DATA-01: one file says no more than the graph takes, however much is in it', () => {
    const steps = Array.from(
      { length: 6_000 },
      (_, n) => `{ uses: aws-actions/configure-aws-credentials@v5, with: { role-to-assume: 'arn:aws:iam::111122223333:role/r${n}' } }`,
    );
    const { entities } = convertWorkflow(source(`on: push\njobs: { a: { steps: [${steps.join(', ')}] } }`));
    const parsed = graphEntity.safeParse({ ...entities[0], source_system: 'github', source_tenant: 'octo', category: 'workflows' });
    expect(parsed.error?.issues).toBeUndefined();
  });

  it('carry the keys of joins 2, 4 and 7', () => {
    const { entities } = convertWorkflow(source(text));
    expect(entities[0]?.join_keys).toEqual([
      { k: 'github_dispatch', v: 'api.github.com|octo/app|deploy.yml' },
      { k: 'uses_role_arn', v: 'arn:aws:iam::111122223333:role/deploy' },
    ]);
    const shouted = convertWorkflow(source(text, { repository: { ...repository, full_name: 'Octo/App' } })).entities[0];
    expect(shouted?.join_keys[0]?.v).toBe('api.github.com|octo/app|deploy.yml');
    expect(entities.find(({ subtype }) => subtype === 'oidc_subject')).toMatchObject({
      join_keys: [{ k: 'oidc_subject', v: 'token.actions.githubusercontent.com|repo:octo/app:environment:production' }],
      props: { environment: 'production', open: false, form: 'name' },
    });
  });

  it('are started by one event source per trigger, belong to their repository and its administrators', () => {
    const { entities, edges } = convertWorkflow(source(text));
    expect(entities.filter(({ subtype }) => subtype === 'event_source').map(({ native_id }) => native_id)).toEqual([
      'event_source:70:push',
      'event_source:70:workflow_dispatch',
    ]);
    expect(edges.map(({ type, to }) => `${type} ${to.native_id}`)).toEqual([
      'MEMBER_OF repository:7',
      'OWNED_BY user:5',
      'TRIGGERED_BY event_source:70:push',
      'TRIGGERED_BY event_source:70:workflow_dispatch',
      'CAN_REQUEST_OIDC oidc_subject:token.actions.githubusercontent.com|repo:octo/app:environment:production',
    ]);
  });

  it('have no subject without id-token: write, and none when the form could not be read', () => {
    expect(
      convertWorkflow(source('on: push\njobs: { a: { permissions: { contents: read } } }')).edges.some(
        ({ type }) => type === 'CAN_REQUEST_OIDC',
      ),
    ).toBe(false);
    const unread = convertWorkflow(source(text, { template: null }));
    expect(unread.edges.some(({ type }) => type === 'CAN_REQUEST_OIDC')).toBe(false);
    expect(unread.entities[0]?.props).toMatchObject({ id_token_write: true, subject_form_read: false });
  });

  it("say that anyone's pull request runs with secrets", () => {
    const risky =
      'on: pull_request_target\njobs: { a: { steps: [{ uses: actions/checkout@v5, with: { ref: "${{ github.head_ref }}", token: "${{ secrets.PAT }}" } }] } }';
    expect(convertWorkflow(source(risky)).entities[0]?.props).toMatchObject({
      pull_request_target: true,
      pull_request_target_with_secrets: true,
      checks_out_pull_request: true,
      outsiders_can_trigger: true,
      secret_names: ['PAT'],
    });
    expect(convertWorkflow(source(risky.replace('_target', ''))).entities[0]?.props).toMatchObject({
      pull_request_target_with_secrets: false,
    });
  });

  it('that GitHub could not run are there, with nothing known of them', () => {
    const { entities, edges } = convertWorkflow(source('a: {{'));
    expect(entities).toHaveLength(1);
    expect(entities[0]?.props).toEqual({
      repository: 'octo/app',
      path: '.github/workflows/deploy.yml',
      state: 'active',
      created_at: null,
      parsed: false,
    });
    expect(edges.map(({ type }) => type)).toEqual(['MEMBER_OF', 'OWNED_BY']);
  });
});

import type { Entity, Props } from '../../../../domain/graph/types.ts';
import { ENTRA_TENANT, type GraphBuilder } from '../builder.ts';
import type { RuleCase } from './types.ts';

export const principal = (g: GraphBuilder, props: Props = {}, name = 'sp'): Entity =>
  g.entity(
    'identity',
    'service_principal',
    name,
    { account_enabled: true, service_principal_type: 'Application', app_owner_organization_id: ENTRA_TENANT, ...props },
    { system: 'entra', category: 'service_principals' },
  );

export const registration = (g: GraphBuilder): Entity =>
  g.entity('identity', 'app_registration', 'app', {}, { system: 'entra', category: 'applications' });

export const owner = (g: GraphBuilder, enabled: boolean | undefined, name = 'dana'): Entity =>
  g.entity('owner', 'user', name, enabled === undefined ? {} : { enabled }, { system: 'entra', category: 'users' });

function appRole(g: GraphBuilder, holder: Entity, value: string, api = '00000003-0000-0000-c000-000000000000'): Entity {
  const role = g.entity(
    'permission',
    'app_role',
    `${api}/${value}`,
    { value, resource_app_id: api },
    { system: 'entra', category: 'app_role_assignments', name: value },
  );
  g.edge(holder, 'GRANTS', role, {}, { category: 'app_role_assignments' });
  return role;
}

function grant(g: GraphBuilder, props: Props): Entity {
  const entity = g.entity('permission', 'delegated_grant', 'grant', props, { system: 'entra', category: 'delegated_grants' });
  g.edge(principal(g), 'GRANTS', entity, {}, { category: 'delegated_grants' });
  return entity;
}

const ROLE = 'RoleManagement.ReadWrite.Directory';
const graphRole = 'privileged_graph_role';
const delegated = 'tenant_wide_delegated_grant';
const orphaned = 'orphaned_ownership';
const disabled = 'disabled_owner_active_workload';
const foreign = 'third_party_app_high_privilege';

const owned =
  (props: Props, ...owners: readonly (boolean | undefined)[]) =>
  (g: GraphBuilder): Entity => {
    const sp = principal(g, props);
    for (const [n, enabled] of owners.entries()) g.edge(sp, 'OWNED_BY', owner(g, enabled, `owner-${n}`));
    return sp;
  };
const without =
  (input: string, build: (g: GraphBuilder) => Entity) =>
  (g: GraphBuilder): Entity => {
    g.cover(input, 'failed');
    return build(g);
  };

export const ENTRA_CASES: readonly RuleCase[] = [
  {
    rule: graphRole,
    name: 'can assign itself any role',
    verdict: 'finding',
    facts: { permissions: [ROLE] },
    build: (g) => {
      const sp = principal(g);
      appRole(g, sp, ROLE);
      return sp;
    },
  },
  {
    rule: graphRole,
    name: 'through a group',
    verdict: 'finding',
    build: (g) => {
      const sp = principal(g);
      const team = g.entity('identity', 'group', 'team', {}, { system: 'entra', category: 'groups' });
      g.edge(sp, 'MEMBER_OF', team, {}, { category: 'groups' });
      appRole(g, team, 'AppRoleAssignment.ReadWrite.All');
      return sp;
    },
  },
  {
    rule: graphRole,
    name: 'reads only',
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g);
      appRole(g, sp, 'User.Read.All');
      return sp;
    },
  },
  {
    rule: graphRole,
    name: 'a role of that name in another API',
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g);
      appRole(g, sp, ROLE, 'ffffffff-0000-0000-0000-000000000000');
      return sp;
    },
  },
  {
    rule: graphRole,
    name: 'disabled',
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g, { account_enabled: false });
      appRole(g, sp, ROLE);
      return sp;
    },
  },
  {
    rule: graphRole,
    name: 'assignments were not read',
    verdict: 'not_evaluated',
    missing: /app_role_assignments/,
    build: without('entra:app_role_assignments', principal),
  },

  {
    rule: delegated,
    name: 'mail of everyone',
    verdict: 'finding',
    facts: { scopes: ['Mail.Read', 'User.Read'] },
    build: (g) => grant(g, { consent_type: 'AllPrincipals', scopes: ['User.Read', 'Mail.Read'] }),
  },
  { rule: delegated, name: 'scopes not told', verdict: 'finding', build: (g) => grant(g, { consent_type: 'AllPrincipals' }) },
  {
    rule: delegated,
    name: 'sign-in for everyone',
    verdict: 'clear',
    build: (g) => grant(g, { consent_type: 'AllPrincipals', scopes: ['openid', 'User.Read'] }),
  },
  { rule: delegated, name: 'one user', verdict: 'clear', build: (g) => grant(g, { consent_type: 'Principal', scopes: ['Mail.Read'] }) },
  {
    rule: delegated,
    name: 'for whom is not told',
    verdict: 'not_evaluated',
    missing: /whom/,
    build: (g) => grant(g, { scopes: ['Mail.Read'] }),
  },
  {
    rule: delegated,
    name: 'grants were read in part',
    verdict: 'not_evaluated',
    missing: /delegated_grants/,
    build: without('entra:delegated_grants', (g) => grant(g, { consent_type: 'Principal' })),
  },

  { rule: orphaned, name: 'no owner', verdict: 'finding', facts: { owners: 0 }, build: owned({}) },
  {
    rule: orphaned,
    name: 'every owner disabled',
    verdict: 'finding',
    facts: { disabled_owners: ['owner-0', 'owner-1'] },
    build: owned({}, false, false),
  },
  { rule: orphaned, name: 'one owner left', verdict: 'clear', build: owned({}, false, true) },
  { rule: orphaned, name: 'disabled itself', verdict: 'clear', build: owned({ account_enabled: false }) },
  {
    rule: orphaned,
    name: 'the owner of its registration counts',
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g);
      const app = registration(g);
      g.edge(sp, 'INSTANCE_OF', app);
      g.edge(app, 'OWNED_BY', owner(g, true));
      return sp;
    },
  },
  {
    rule: orphaned,
    name: 'a registration is judged through its service principal',
    verdict: 'nothing',
    build: (g) => {
      const app = registration(g);
      g.edge(principal(g), 'INSTANCE_OF', app);
      return app;
    },
  },
  { rule: orphaned, name: 'a registration without one is judged itself', verdict: 'finding', build: registration },
  {
    rule: orphaned,
    name: 'a managed identity has no owners',
    verdict: 'nothing',
    build: owned({ service_principal_type: 'ManagedIdentity' }),
  },
  {
    rule: orphaned,
    name: "a third party's is owned elsewhere",
    verdict: 'nothing',
    build: owned({ app_owner_organization_id: 'elsewhere' }),
  },
  { rule: orphaned, name: 'an owner of whom nothing is known', verdict: 'not_evaluated', missing: /owners/, build: owned({}, undefined) },
  {
    rule: orphaned,
    name: 'users were not read',
    verdict: 'not_evaluated',
    missing: /entra:users/,
    build: without('entra:users', owned({}, false)),
  },
  {
    rule: orphaned,
    name: 'a bucket whose tag names an owner that no directory knows',
    verdict: 'not_evaluated',
    build: (g) => {
      const bucket = g.entity('resource', 's3_bucket', 'b', {}, { category: 's3' });
      g.edge(bucket, 'OWNED_BY', g.entity('owner', 'tag_owner', 'tag:owner=kim', {}, { category: 's3' }));
      return bucket;
    },
  },
  {
    rule: orphaned,
    name: 'a bucket without a tag says nothing',
    verdict: 'nothing',
    build: (g) => g.entity('resource', 's3_bucket', 'b', {}, { category: 's3' }),
  },

  {
    rule: disabled,
    name: 'one owner left the company',
    verdict: 'finding',
    facts: { living_owner: true, disabled_owners: ['owner-0'] },
    build: owned({}, false, true),
  },
  { rule: disabled, name: 'all owners are there', verdict: 'clear', build: owned({}, true) },
  { rule: disabled, name: 'the workload is off', verdict: 'clear', build: owned({ account_enabled: false }, false) },
  { rule: disabled, name: 'an owner of whom nothing is known', verdict: 'not_evaluated', build: owned({}, undefined) },
  {
    rule: disabled,
    name: 'users were not read',
    verdict: 'not_evaluated',
    missing: /entra:users/,
    build: without('entra:users', owned({}, true)),
  },

  {
    rule: foreign,
    name: "somebody else's with mailboxes",
    verdict: 'finding',
    build: (g) => {
      const sp = principal(g, { third_party: true });
      appRole(g, sp, 'Mail.Send');
      return sp;
    },
  },
  {
    rule: foreign,
    name: 'our own',
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g, { third_party: false });
      appRole(g, sp, 'Mail.Send');
      return sp;
    },
  },
  {
    rule: foreign,
    name: "a third party's, with a directory role of the customer's own, of which nothing is told",
    verdict: 'not_evaluated',
    missing: /directory role/,
    build: (g) => {
      const sp = principal(g, { third_party: true });
      const custom = { is_built_in: false, template_id: '0f1e2d3c-0000-4000-8000-000000000001' };
      const own = g.entity('role', 'directory_role', 'own', custom, { system: 'entra', category: 'directory_roles' });
      g.edge(sp, 'HAS_ROLE', own, {}, { category: 'directory_roles' });
      return sp;
    },
  },
  {
    rule: foreign,
    name: "a third party's, with a directory role that Microsoft does not call privileged",
    verdict: 'clear',
    build: (g) => {
      const sp = principal(g, { third_party: true });
      const reader = { is_built_in: true, is_privileged: false, template_id: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b' };
      g.edge(
        sp,
        'HAS_ROLE',
        g.entity('role', 'directory_role', 'readers', reader, { system: 'entra', category: 'directory_roles' }),
        {},
        { category: 'directory_roles' },
      );
      return sp;
    },
  },
];

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertAppRoleAssignments } from '../../../connectors/entra/converters/app-roles.ts';
import { convertApplication } from '../../../connectors/entra/converters/applications.ts';
import { instant, nameOf, text } from '../../../connectors/entra/converters/common.ts';
import { convertDelegatedGrant } from '../../../connectors/entra/converters/delegated-grants.ts';
import { convertDirectoryRole } from '../../../connectors/entra/converters/directory-roles.ts';
import { convertGroup } from '../../../connectors/entra/converters/groups.ts';
import { convertServicePrincipal } from '../../../connectors/entra/converters/service-principals.ts';
import { convertOwningPrincipal, convertUser } from '../../../connectors/entra/converters/users.ts';
import { canonicalJson } from '../../../domain/canonical.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';

const TENANT = '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11';
const APP = { id: 'AAAAAAAA-0000-4000-8000-000000000001', appId: 'BBBBBBBB-0000-4000-8000-000000000001' };

describe('applications', () => {
  test('names, audience and owners; an owner of another kind is not an owner', () => {
    const { entities, edges } = convertApplication({
      ...APP,
      displayName: 'Sync',
      createdDateTime: '2025-03-01T08:15:30.1234567Z',
      signInAudience: 'AzureADMultipleOrgs',
      owners: [
        { '@odata.type': '#microsoft.graph.user', id: 'U1' },
        { '@odata.type': '#microsoft.graph.servicePrincipal', id: 'S1' },
        { '@odata.type': '#microsoft.graph.orgContact', id: 'C1' },
      ],
    });
    expect(entities).toEqual([
      {
        type: 'identity',
        native_id: APP.id.toLowerCase(),
        subtype: 'app_registration',
        display_name: 'Sync',
        props: {
          app_id: APP.appId.toLowerCase(),
          object_id: APP.id.toLowerCase(),
          sign_in_audience: 'AzureADMultipleOrgs',
          multi_tenant: true,
          created_at: '2025-03-01T08:15:30Z',
        },
        join_keys: [],
      },
    ]);
    expect(edges.map((edge) => [edge.type, edge.to])).toEqual([
      ['OWNED_BY', { type: 'owner', native_id: 'u1' }],
      ['OWNED_BY', { type: 'owner', native_id: 's1' }],
    ]);
  });
});

describe('service principals', () => {
  const principal = { id: 'CCCCCCCC-0000-4000-8000-000000000001', appId: APP.appId, displayName: 'Sync', accountEnabled: false };

  test('DATA-07: the service principal alone carries the application key, in lower case, with the tenant', () => {
    const { entities, edges } = convertServicePrincipal(principal, TENANT.toUpperCase(), APP.id);
    expect(entities[0]?.join_keys).toEqual([
      { k: JOIN_KEYS.entraApp, v: `${TENANT}|${APP.appId.toLowerCase()}` },
      { k: JOIN_KEYS.entraPrincipal, v: `${TENANT}|${principal.id.toLowerCase()}` },
    ]);
    expect(convertApplication({ ...APP }).entities[0]?.join_keys).toEqual([]);
    expect(edges[0]).toMatchObject({ type: 'INSTANCE_OF', to: { type: 'identity', native_id: APP.id.toLowerCase() } });
  });

  test('what Graph did not say is no prop at all', () => {
    const { entities, edges } = convertServicePrincipal({ id: 'x', accountEnabled: null }, TENANT, undefined);
    expect(entities[0]?.props).toEqual({ object_id: 'x' });
    expect(edges).toEqual([]);
  });

  test.each([
    [TENANT, false, false],
    ['f8cdef31-a31e-4b4a-93e4-5f571e91255a', true, false],
    ['99999999-0000-4000-8000-000000000009', false, true],
  ])('an application of the organisation %s', (organization, microsoft, third) => {
    const { entities } = convertServicePrincipal({ ...principal, appOwnerOrganizationId: organization }, TENANT, undefined);
    expect(entities[0]?.props).toMatchObject({ microsoft_first_party: microsoft, third_party: third });
  });

  test('DATA-09: of the tags only labels are kept, sorted, with the environment that one of them names', () => {
    const tags = ['recovery', 'Environment:Production', 'see wiki: pw is hunter2!', 'a', 'recovery', `x${'y'.repeat(64)}`];
    const { entities } = convertServicePrincipal({ ...principal, tags }, TENANT, undefined);
    expect(entities[0]?.props).toMatchObject({ tags: ['Environment:Production', 'a', 'recovery'], environment: 'production' });
  });
});

describe('application permissions', () => {
  const resource = {
    id: 'R',
    appId: 'RA',
    displayName: 'API',
    appRoles: [{ id: 'ROLE1', value: 'Read', displayName: 'Read it', isEnabled: true }],
  };
  const assignment = (principalId: string, more: object = {}) => ({
    id: `id-${principalId}`,
    appRoleId: 'ROLE1',
    principalId,
    principalType: 'ServicePrincipal',
    resourceId: 'R',
    ...more,
  });

  test('only roles that somebody holds, each with the API that it reaches', () => {
    const { entities, edges } = convertAppRoleAssignments(resource, [
      assignment('P2'),
      assignment('P1'),
      assignment('G', { principalType: 'Group' }),
    ]);
    expect(entities.map((entity) => [entity.type, entity.subtype, entity.display_name])).toEqual([
      ['resource', 'api', 'API'],
      ['permission', 'app_role', 'Read'],
    ]);
    expect(entities[1]?.props).toEqual({
      value: 'Read',
      display: 'Read it',
      role_id: 'role1',
      enabled: true,
      resource_app_id: 'ra',
      resource_display_name: 'API',
    });
    expect(edges.map((edge) => [edge.from.native_id, edge.type, edge.to.native_id])).toEqual([
      ['r/role1', 'APPLIES_TO', 'r'],
      ['g', 'GRANTS', 'r/role1'],
      ['p1', 'GRANTS', 'r/role1'],
      ['p2', 'GRANTS', 'r/role1'],
    ]);
  });

  test('sign-in of a user and access without a role are no permission', () => {
    const none = [assignment('U', { principalType: 'User' }), assignment('P', { appRoleId: '00000000-0000-0000-0000-000000000000' })];
    expect(convertAppRoleAssignments(resource, none)).toEqual({ entities: [], edges: [] });
  });

  test('a role that the API no longer declares is still held', () => {
    const { entities } = convertAppRoleAssignments(resource, [assignment('P', { appRoleId: 'GONE' })]);
    expect(entities[1]).toMatchObject({ display_name: 'gone', props: { role_id: 'gone' } });
    expect(entities[1]?.props).not.toHaveProperty('enabled');
  });
});

describe('delegated grants', () => {
  test('scopes are split and sorted; the opaque id keeps its case', () => {
    const { entities } = convertDelegatedGrant(
      { id: 'AbC', clientId: 'C', consentType: 'AllPrincipals', principalId: null, resourceId: 'R', scope: ' User.Read  Mail.Read ' },
      'Microsoft Graph',
    );
    expect(entities[0]).toMatchObject({
      native_id: 'AbC',
      display_name: 'Microsoft Graph: Mail.Read User.Read',
      props: { consent_type: 'AllPrincipals', tenant_wide: true, scopes: ['Mail.Read', 'User.Read'], resource_id: 'r' },
    });
  });
});

describe('directory roles', () => {
  const definition = { id: '62e90394-69f5-4237-9190-012177145e10', displayName: 'Global Administrator', isBuiltIn: true, isEnabled: true };
  const held = (principalId: string, kind: string, directoryScopeId: string) => ({
    id: principalId,
    principalId,
    roleDefinitionId: definition.id,
    directoryScopeId,
    principal: { '@odata.type': `#microsoft.graph.${kind}`, id: principalId },
  });

  test('identities hold, users inherit; a part of the directory is in the edge', () => {
    const { entities, edges } = convertDirectoryRole(
      definition,
      [held('s', 'servicePrincipal', '/'), held('g', 'group', '/'), held('u', 'user', '/administrativeUnits/1')],
      TENANT,
    );
    expect(entities[0]?.props).toEqual({ template_id: definition.id, is_built_in: true, enabled: true, is_privileged: true });
    expect(edges).toEqual([
      { from: { type: 'role', native_id: definition.id }, to: { type: 'resource', native_id: TENANT }, type: 'APPLIES_TO', props: {} },
      {
        from: { type: 'identity', native_id: 'g' },
        to: { type: 'role', native_id: definition.id },
        type: 'HAS_ROLE',
        props: { scope: '/' },
      },
      {
        from: { type: 'identity', native_id: 's' },
        to: { type: 'role', native_id: definition.id },
        type: 'HAS_ROLE',
        props: { scope: '/' },
      },
      {
        from: { type: 'owner', native_id: 'u' },
        to: { type: 'role', native_id: definition.id },
        type: 'MEMBER_OF',
        props: { scope: '/administrativeUnits/1' },
        qualifier: '/administrativeUnits/1',
      },
    ]);
  });

  test('DATA-04: a holder of whom Graph does not say what it is, is not lost', () => {
    const { principal: _, ...unsaid } = held('x', 'servicePrincipal', '/');
    expect(convertDirectoryRole(definition, [unsaid], TENANT).edges.map(({ from, type }) => [from.type, type])).toEqual([
      ['role', 'APPLIES_TO'],
      ['owner', 'MEMBER_OF'],
      ['identity', 'HAS_ROLE'],
    ]);
    expect(convertDirectoryRole(definition, [held('d', 'device', '/')], TENANT).edges).toHaveLength(1);
  });

  test('of a role that the customer made, nothing is said about privilege', () => {
    const { entities } = convertDirectoryRole({ id: 'custom', isBuiltIn: false }, [held('s', 'servicePrincipal', '/x')], TENANT);
    expect(entities[0]?.props).toEqual({ template_id: 'custom', is_built_in: false });
  });

  test('a role that nobody holds becomes nothing', () => {
    expect(convertDirectoryRole(definition, [], TENANT)).toEqual({ entities: [], edges: [] });
  });
});

describe('groups and people', () => {
  test('members that were not read are told from members that are not there', () => {
    expect(convertGroup({ id: 'G' }, false, null, null).entities[0]?.props).toMatchObject({
      members_read: false,
      holds_directory_role: false,
    });
    expect(convertGroup({ id: 'G' }, true, [], []).entities[0]?.props).toMatchObject({ members_read: true, holds_directory_role: true });
  });

  test('devices in a group are left out', () => {
    const { edges } = convertGroup(
      { id: 'G' },
      true,
      [
        { '@odata.type': '#microsoft.graph.device', id: 'D' },
        { '@odata.type': '#microsoft.graph.user', id: 'U' },
      ],
      null,
    );
    expect(edges.map((edge) => edge.from)).toEqual([{ type: 'owner', native_id: 'u' }]);
  });

  test('DATA-04: whether an account is enabled is left out when it is not known', () => {
    expect(convertUser({ id: 'U' }).props).toEqual({ object_id: 'u' });
    expect(convertUser({ id: 'U', accountEnabled: false, userPrincipalName: 'u@x', userType: 'Guest' })).toMatchObject({
      display_name: 'u@x',
      props: { enabled: false, upn: 'u@x', user_type: 'guest' },
    });
    expect(convertOwningPrincipal('S', undefined).props).toEqual({ object_id: 's' });
  });
});

test('DATA-01: whatever the source sends as text, the result has a canonical form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.anything(), (name, other) => {
      canonicalJson([text(name) ?? null, text(other) ?? null, nameOf(other, name), instant(name) ?? null, instant(other) ?? null]);
      expect(nameOf(name, other)).not.toBe('');
    }),
  );
  expect(text('a\ud800b')).toBe('a\ufffdb');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertAppRoleAssignments } from '../../../connectors/entra/converters/app-roles.ts';
import { convertApplication } from '../../../connectors/entra/converters/applications.ts';
import { instant, nameOf, text } from '../../../connectors/entra/converters/common.ts';
import { convertKeys, type HolderKind } from '../../../connectors/entra/converters/credentials.ts';
import { convertDelegatedGrant } from '../../../connectors/entra/converters/delegated-grants.ts';
import { convertDirectoryRole } from '../../../connectors/entra/converters/directory-roles.ts';
import { convertFederatedCredentials, issuerHost } from '../../../connectors/entra/converters/federated-credentials.ts';
import { convertGroup } from '../../../connectors/entra/converters/groups.ts';
import { convertServicePrincipal } from '../../../connectors/entra/converters/service-principals.ts';
import { convertOwningPrincipal, convertUser } from '../../../connectors/entra/converters/users.ts';
import { graphKeyHolder } from '../../../connectors/entra/graph-types.ts';
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

describe('secrets and certificates', () => {
  const holder = {
    id: APP.id,
    passwordCredentials: [
      {
        keyId: 'K1',
        displayName: 'one',
        startDateTime: '2026-01-01T00:00:00Z',
        endDateTime: '2026-07-01T00:00:00.0000000Z',
        hint: 'abc',
        secretText: 'abcdef',
      },
    ],
    keyCredentials: [
      {
        keyId: 'K2',
        displayName: null,
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        endDateTime: null,
        customKeyIdentifier: 'print',
        key: 'bytes',
      },
    ],
  };

  test('DATA-09: dates and key ids only, whatever Graph sent along', () => {
    const emission = convertKeys(graphKeyHolder.parse(holder), 'application');
    expect(emission.entities.map((entity) => [entity.subtype, entity.native_id, entity.display_name, entity.props])).toEqual([
      [
        'client_secret',
        `${APP.id.toLowerCase()}/k1`,
        'one',
        { key_id: 'k1', held_by: 'application', start_at: '2026-01-01T00:00:00Z', expires_at: '2026-07-01T00:00:00Z' },
      ],
      ['certificate', `${APP.id.toLowerCase()}/k2`, 'certificate k2', { key_id: 'k2', held_by: 'application', usage: 'verify' }],
    ]);
    // The converter is safe by itself too: it takes named fields, parsed or not.
    expect(JSON.stringify(convertKeys(holder, 'application'))).not.toMatch(/abc|print|bytes/);
    expect(emission.edges.map((edge) => [edge.from, edge.type])).toEqual([
      [{ type: 'identity', native_id: APP.id.toLowerCase() }, 'HAS_CREDENTIAL'],
      [{ type: 'identity', native_id: APP.id.toLowerCase() }, 'HAS_CREDENTIAL'],
    ]);
  });

  describe('the signing certificate of a SAML application (DATA-09: its identifier goes nowhere)', () => {
    const dates = { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2029-01-01T00:00:00Z', customKeyIdentifier: 'PRINT' };
    const sign = { keyId: 'S1', displayName: 'CN=sso', type: 'X509CertAndPassword', usage: 'Sign', ...dates };
    const verify = { ...sign, keyId: 'V1', type: 'AsymmetricX509Cert', usage: 'Verify' };
    const password = { keyId: 'S1', displayName: 'CN=sso', ...dates };
    const purposes = (more: { keyCredentials?: object[]; passwordCredentials?: object[] }, kind: HolderKind = 'service_principal') => {
      const read = graphKeyHolder.parse({ id: 'sp', keyCredentials: [sign, verify], passwordCredentials: [password], ...more });
      const { entities } = convertKeys(read, kind);
      expect(JSON.stringify(entities)).not.toContain('PRINT');
      return entities.map(({ native_id, props }) => [native_id, props['purpose'] ?? null]);
    };

    test('private key, public key and password sign tokens; password and private key stay two', () => {
      expect(purposes({})).toEqual([
        ['sp/s1/password', 'token_signing'],
        ['sp/s1', 'token_signing'],
        ['sp/v1', 'token_signing'],
      ]);
    });

    test('what is not tied to it is a credential as any other', () => {
      const other = { ...verify, keyId: 'V2', customKeyIdentifier: 'OTHER' };
      const secret = { ...password, keyId: 'P2', customKeyIdentifier: null };
      expect(purposes({ keyCredentials: [sign, verify, other], passwordCredentials: [password, secret] })).toEqual([
        ['sp/s1/password', 'token_signing'],
        ['sp/p2', null],
        ['sp/s1', 'token_signing'],
        ['sp/v1', 'token_signing'],
        ['sp/v2', null],
      ]);
    });

    test('of two public keys under one name neither is taken for it, and a public key alone is none', () => {
      const twin = { ...verify, keyId: 'V2' };
      expect(purposes({ keyCredentials: [sign, verify, twin] }).slice(2)).toEqual([
        ['sp/v1', null],
        ['sp/v2', null],
      ]);
      expect(purposes({ keyCredentials: [verify], passwordCredentials: [] })).toEqual([['sp/v1', null]]);
      expect(purposes({ keyCredentials: [sign], passwordCredentials: [] })).toEqual([['sp/s1', null]]);
    });

    test('an application has none', () => {
      expect(purposes({ passwordCredentials: [] }, 'application').map(([, purpose]) => purpose)).toEqual([null, null]);
    });
  });

  test('the same certificate on two applications is two credentials', () => {
    const ids = ['a', 'b'].map((id) => convertKeys({ ...holder, id }, 'application').entities[1]?.native_id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('federated credentials', () => {
  const credential = (more: object) => ({
    id: 'F1',
    name: 'main',
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:o/r:ref:refs/heads/main',
    audiences: ['api://x'],
    ...more,
  });
  const keys = (more: object) =>
    convertFederatedCredentials({ id: APP.id, federatedIdentityCredentials: [credential(more)] }).entities[0]?.join_keys;

  test('DATA-07: issuer host, subject and audience make the key; one key for each audience, sorted', () => {
    expect(keys({ audiences: ['b', 'a', 'a'] })).toEqual([
      { k: JOIN_KEYS.entraFederatedCredential, v: 'token.actions.githubusercontent.com|repo:o/r:ref:refs/heads/main|a' },
      { k: JOIN_KEYS.entraFederatedCredential, v: 'token.actions.githubusercontent.com|repo:o/r:ref:refs/heads/main|b' },
    ]);
  });

  test.each([
    ['no audience', { audiences: [] }],
    ['an issuer that is no URL', { issuer: 'somewhere' }],
    ['an issuer without https', { issuer: 'http://token.actions.githubusercontent.com' }],
  ])('%s: no key rather than a doubtful one', (_, more) => {
    expect(keys(more)).toEqual([]);
  });

  const asked = (more: object) => (keys({ subject: null, ...more }) ?? []).map(({ v }) => JSON.parse(v) as object);
  const issuer = 'token.actions.githubusercontent.com';

  test('DATA-07: an expression becomes the conditions that it holds', () => {
    const value =
      "claims['sub'] matches 'repo:contoso/*:ref:refs/heads/*' and claims['repository_id'] eq '456789' and claims['job_workflow_ref'] matches 'contoso/prod/*.yml@refs/heads/main'";
    expect(asked({ claimsMatchingExpression: { value, languageVersion: 1 } })).toEqual([
      {
        issuer,
        analysed: true,
        conditions: [
          { claim: 'sub', op: 'StringLike', value: 'repo:contoso/*:ref:refs/heads/*' },
          { claim: 'repository_id', op: 'StringEquals', value: '456789' },
          { claim: 'job_workflow_ref', op: 'StringLike', value: 'contoso/prod/*.yml@refs/heads/main' },
        ],
      },
    ]);
  });

  test.each([
    ['another operator', { value: "claims['sub'] ne 'x'", languageVersion: 1 }],
    ['an alternative', { value: "claims['sub'] eq 'x' or claims['sub'] eq 'y'", languageVersion: 1 }],
    ['a quote inside', { value: "claims['sub'] eq 'it''s'", languageVersion: 1 }],
    ['a backslash', { value: String.raw`claims['sub'] eq 'a\'b'`, languageVersion: 1 }],
    ['an end that is missing', { value: "claims['sub'] eq 'x' and ", languageVersion: 1 }],
    ['another version of the language', { value: "claims['sub'] eq 'x'", languageVersion: 2 }],
    ['no expression', null],
  ])('DATA-07: %s: the trust is kept, and said not to be understood', (_, claimsMatchingExpression) => {
    const { entities, edges } = convertFederatedCredentials({
      id: APP.id,
      federatedIdentityCredentials: [credential({ subject: null, claimsMatchingExpression })],
    });
    expect(asked({ claimsMatchingExpression })).toEqual([{ issuer, analysed: false, conditions: [] }]);
    expect(entities[0]?.props['claims_analysed']).toBe(false);
    expect(entities[0]?.props['claims_expression']).toBe(claimsMatchingExpression?.value);
    expect(edges).toHaveLength(1);
  });

  test('DATA-07: a separator in the subject is no reason to lose the trust', () => {
    expect(keys({ subject: 'repo:o/r|x' })?.map(({ v }) => JSON.parse(v) as object)).toEqual([
      { issuer, analysed: true, conditions: [{ claim: 'sub', op: 'StringEquals', value: 'repo:o/r|x' }] },
    ]);
  });

  test('an expression of any text is read or kept, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const claimsMatchingExpression = { value: `claims['sub'] eq '${value}'`, languageVersion: 1 };
        const [told] = asked({ claimsMatchingExpression }) as { analysed: boolean; conditions: { value: string }[] }[];
        if (/['\\]/.test(value)) return;
        expect(told?.analysed).toBe(true);
        expect(told?.conditions.map((one) => one.value)).toEqual([value]);
      }),
    );
  });

  test('the application trusts it, by one edge only', () => {
    const { edges } = convertFederatedCredentials({ id: APP.id, federatedIdentityCredentials: [credential({})] });
    expect(edges.map((edge) => edge.type)).toEqual(['TRUSTS_SUBJECT']);
  });

  test.each([
    ['https://Token.Actions.GitHubUserContent.com/', 'token.actions.githubusercontent.com'],
    ['https://oidc.aks.example/Tenant/Cluster/', 'oidc.aks.example/Tenant/Cluster/'],
    [null, undefined],
  ])('issuer %s', (issuer, host) => {
    expect(issuerHost(issuer)).toBe(host);
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

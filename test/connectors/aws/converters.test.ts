import { describe, expect, it } from 'vitest';
import { convertAccessKey } from '../../../connectors/aws/converters/access-keys.ts';
import { bucketAccess, convertBucket } from '../../../connectors/aws/converters/buckets.ts';
import { convertEventSource, convertFunction } from '../../../connectors/aws/converters/lambda.ts';
import { convertManagedPolicies, readManagedPolicies } from '../../../connectors/aws/converters/policies.ts';
import { convertGroup, convertRole, convertUser, type PrincipalFacts } from '../../../connectors/aws/converters/principals.ts';
import { convertOidcProvider, convertSamlProvider } from '../../../connectors/aws/converters/providers.ts';

const ACCOUNT = '111122223333';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const encoded = (document: object): string => encodeURIComponent(JSON.stringify(document));
const at = (iso: string): Date => new Date(iso);
const READ = { Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::data/*' };
const POLICY = {
  PolicyName: 'reader',
  PolicyId: 'ANPA',
  Arn: arn('policy/reader'),
  DefaultVersionId: 'v2',
  AttachmentCount: 1,
  PolicyVersionList: [
    { VersionId: 'v1', IsDefaultVersion: false, Document: encoded({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) },
    {
      VersionId: 'v2',
      IsDefaultVersion: true,
      Document: encoded({
        Statement: [READ, { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      }),
    },
  ],
};

function factsOf(policies = readManagedPolicies([POLICY])): PrincipalFacts {
  return {
    account: ACCOUNT,
    policies,
    known: { roles: new Set(), users: new Set(), complete: true, samlProviders: new Set() },
    groupArns: new Map([['staff', arn('group/staff')]]),
  };
}

describe('policies', () => {
  it('reads the default version only, and names statements by policy, version and Sid', () => {
    const { entities } = convertManagedPolicies([POLICY], readManagedPolicies([POLICY]));
    const [policy, read, deny] = entities;
    expect(policy).toMatchObject({
      type: 'permission',
      subtype: 'iam_policy',
      native_id: POLICY.Arn,
      props: { default_version: 'v2', readable: true, aws_managed: false },
    });
    expect(read).toMatchObject({
      subtype: 'iam_statement',
      native_id: `${POLICY.Arn}#v2:Read`,
      props: {
        effect: 'Allow',
        actions: ['s3:GetObject'],
        resources: ['arn:aws:s3:::data/*'],
        condition_keys: [],
        policy_arn: POLICY.Arn,
        policy_kind: 'customer_managed',
        policy_version: 'v2',
        sid: 'Read',
      },
    });
    expect(deny?.native_id).toMatch(/#v2:[0-9a-f]{16}$/);
    expect(deny?.props).toMatchObject({ effect: 'Deny', condition_keys: ['aws:securetransport'], has_conditions: true });
    expect(entities).toHaveLength(3);
  });

  it('DATA-03: says which policies have no document that it can read', () => {
    const broken = {
      ...POLICY,
      Arn: arn('policy/broken'),
      PolicyVersionList: [{ VersionId: 'v2', IsDefaultVersion: true, Document: '%7Bnot json' }],
    };
    const read = readManagedPolicies([POLICY, broken, { ...POLICY, Arn: arn('policy/none'), PolicyVersionList: [] }]);
    expect(read.unreadable).toEqual([arn('policy/broken'), arn('policy/none')]);
    expect(convertManagedPolicies([broken], read).entities).toMatchObject([
      { subtype: 'iam_policy', props: { readable: false, statement_ids: [] } },
    ]);
  });
});

describe('principals', () => {
  const user = {
    UserName: 'ada',
    UserId: 'AIDA1',
    Arn: arn('user/ada'),
    Path: '/',
    CreateDate: at('2026-01-02T03:04:05Z'),
    GroupList: ['staff', 'gone'],
    AttachedManagedPolicies: [{ PolicyName: 'reader', PolicyArn: POLICY.Arn }],
    UserPolicyList: [{ PolicyName: 'own', PolicyDocument: encoded({ Statement: READ }) }],
    PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/edge') },
    Tags: [
      { Key: 'Owner', Value: 'data team' },
      { Key: 'cost-center', Value: 'CANARY' },
      { Key: 'purpose', Value: 'break-glass' },
    ],
  };

  it('joins a user to statements, group, owner and boundary', () => {
    const converted = convertUser(factsOf(), user, { ...user, PasswordLastUsed: at('2026-02-03T00:00:00Z') } as never);
    const entity = converted.entities.find((one) => one.subtype === 'iam_user');
    expect(entity?.props).toMatchObject({
      arn: user.Arn,
      created_at: '2026-01-02T03:04:05Z',
      password_last_used_at: '2026-02-03T00:00:00Z',
      permissions_boundary_arn: arn('policy/edge'),
      attached_policy_arns: [POLICY.Arn],
      inline_policy_names: ['own'],
      groups: ['gone', 'staff'],
      purpose: 'break-glass',
      enabled: true,
    });
    expect(converted.edges.map((edge) => [edge.type, edge.to.native_id, edge.props['effect'] ?? null])).toEqual([
      ['MEMBER_OF', arn('group/staff'), null],
      ['GRANTS', `${user.Arn}/own#inline:Read`, 'Allow'],
      ['GRANTS', `${POLICY.Arn}#v2:Read`, 'Allow'],
      ['GRANTS', expect.stringMatching(/#v2:[0-9a-f]{16}$/), 'Deny'],
      ['OWNED_BY', 'tag:owner=data team', null],
    ]);
    expect(JSON.stringify(converted)).not.toContain('CANARY');
  });

  it('DATA-03: names what was attached and not listed, boundary included', () => {
    expect(convertUser(factsOf(), user, undefined).unread).toEqual([`policy ${arn('policy/edge')}`]);
    const nothing = convertUser(
      factsOf(readManagedPolicies([])),
      { ...user, UserPolicyList: [{ PolicyName: 'own', PolicyDocument: '{' }] },
      undefined,
    );
    expect(nothing.unread).toEqual(['inline policy own', `policy ${POLICY.Arn}`, `policy ${arn('policy/edge')}`]);
  });

  it('gives a role its ARN as join key, its last use, and says when its trust cannot be read', () => {
    const role = {
      RoleName: 'app',
      RoleId: 'AROA1',
      Arn: arn('role/app'),
      Path: '/aws-service-role/x/',
      CreateDate: at('2026-01-01T00:00:00Z'),
      AssumeRolePolicyDocument: encoded({
        Statement: { Effect: 'Allow', Principal: { Service: 'x.amazonaws.com' }, Action: 'sts:AssumeRole' },
      }),
      RoleLastUsed: { LastUsedDate: at('2026-03-04T05:06:07Z'), Region: 'us-east-1' },
      InstanceProfileList: [{ Arn: arn('instance-profile/app') }] as never,
      Tags: [{ Key: 'environment', Value: 'Production' }],
    };
    const converted = convertRole(factsOf(), role);
    expect(converted.entities[0]).toMatchObject({
      type: 'role',
      subtype: 'iam_role',
      join_keys: [{ k: 'role_arn', v: role.Arn }],
      props: {
        last_used_at: '2026-03-04T05:06:07Z',
        service_linked: true,
        environment: 'production',
        trust_readable: true,
        instance_profile_arns: [arn('instance-profile/app')],
      },
    });
    expect(converted.unread).toEqual([]);
    const broken = convertRole(factsOf(), { ...role, AssumeRolePolicyDocument: 'x', RoleLastUsed: {} });
    expect(broken.unread).toEqual(['trust policy']);
    expect(broken.entities[0]?.props).toMatchObject({ trust_readable: false, last_used_at: null });
  });

  it('lets a group grant to its members', () => {
    const group = { GroupName: 'staff', GroupId: 'AGPA1', Arn: arn('group/staff'), AttachedManagedPolicies: [{ PolicyArn: POLICY.Arn }] };
    expect(convertGroup(factsOf(), group).edges.map((edge) => edge.from)).toEqual([
      { type: 'identity', native_id: group.Arn },
      { type: 'identity', native_id: group.Arn },
    ]);
  });
});

describe('access keys and providers', () => {
  it('keeps a key’s dates, and tells never used from not known', () => {
    const key = { AccessKeyId: 'AKIAEXAMPLE000000001', Status: 'Active' as const, CreateDate: at('2025-01-01T00:00:00Z') };
    const used = convertAccessKey(arn('user/ada'), key, {
      LastUsedDate: at('2026-01-01T00:00:00Z'),
      ServiceName: 's3',
      Region: 'us-east-1',
    });
    expect(used.entities[0]?.props).toMatchObject({
      enabled: true,
      created_at: '2025-01-01T00:00:00Z',
      expires_at: null,
      last_used_at: '2026-01-01T00:00:00Z',
      last_used_service: 's3',
      last_used_known: true,
    });
    expect(used.edges).toMatchObject([{ type: 'HAS_CREDENTIAL', from: { native_id: arn('user/ada') } }]);
    const never = convertAccessKey(
      arn('user/ada'),
      { ...key, Status: 'Inactive' },
      { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' },
    );
    expect(never.entities[0]?.props).toMatchObject({ enabled: false, last_used_at: null, last_used_service: null, last_used_known: true });
    expect(convertAccessKey(arn('user/ada'), key, undefined).entities[0]?.props['last_used_known']).toBe(false);
  });

  it('keeps an OIDC provider whose details could not be read', () => {
    const provider = arn('oidc-provider/issuer.example/path/');
    expect(convertOidcProvider(provider, undefined).entities[0]).toMatchObject({
      display_name: 'issuer.example/path/',
      props: { issuer: 'issuer.example/path/', details_read: false, client_ids: [] },
    });
    expect(convertOidcProvider(provider, { ClientIDList: ['b', 'a'], ThumbprintList: ['00'] }).entities[0]?.props).toMatchObject({
      client_ids: ['a', 'b'],
      thumbprint_count: 1,
      details_read: true,
    });
    expect(convertSamlProvider({ Arn: arn('saml-provider/sso') }).entities[0]).toMatchObject({
      subtype: 'saml_provider',
      display_name: 'sso',
      props: { listed: true, valid_until: null },
    });
  });
});

describe('Lambda and S3', () => {
  const fn = {
    FunctionName: 'report',
    FunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:report`,
    Role: arn('role/app'),
    Runtime: 'nodejs22.x' as const,
    Description: 'CANARY-description',
    Environment: { Variables: { TOKEN: 'CANARY-value', A: 'CANARY-b' } },
    VpcConfig: { VpcId: '' },
    CodeSha256: 'CANARY-code',
    Layers: [{ Arn: 'arn:layer:b' }, { Arn: 'arn:layer:a' }],
  };

  it('DATA-09: keeps the names of environment variables, and no value, description or code', () => {
    const converted = convertFunction('us-east-1', fn, { Owner: 'orders', secret: 'CANARY-tag' });
    expect(converted.entities[0]).toMatchObject({
      type: 'workload',
      subtype: 'lambda_function',
      props: { environment_names: ['A', 'TOKEN'], layer_arns: ['arn:layer:a', 'arn:layer:b'], vpc_id: null, tags_read: true },
    });
    expect(converted.edges).toMatchObject([
      { type: 'RUNS_AS', to: { type: 'role', native_id: fn.Role } },
      { type: 'OWNED_BY', to: { native_id: 'tag:owner=orders' } },
    ]);
    expect(JSON.stringify(converted)).not.toContain('CANARY');
    expect(convertFunction('us-east-1', fn, undefined).entities[0]?.props['tags_read']).toBe(false);
  });

  it('is triggered by its event sources, through an alias too', () => {
    const mapping = {
      UUID: 'u-1',
      EventSourceArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`,
      FunctionArn: `${fn.FunctionArn}:live`,
      State: 'Enabled',
    };
    expect(convertEventSource('us-east-1', mapping)).toMatchObject({
      entities: [{ type: 'resource', subtype: 'event_source', display_name: 'sqs jobs', props: { service: 'sqs' } }],
      edges: [{ from: { native_id: fn.FunctionArn }, type: 'TRIGGERED_BY', props: { enabled: true } }],
    });
    expect(convertEventSource('us-east-1', { UUID: 'u-2', FunctionArn: fn.FunctionArn }).entities[0]?.native_id).toBe(
      'event-source-mapping:us-east-1:u-2',
    );
    expect(convertEventSource('us-east-1', {})).toEqual({ entities: [], edges: [] });
  });

  const bucket = (tags: readonly { Key: string; Value: string }[] | undefined) =>
    convertBucket({ name: 'data', partition: 'aws', region: 'eu-west-1', createdAt: null, tags }).entities[0]?.props ?? {};

  it.each([
    [[{ Key: 'Data-Classification', Value: ' Customer ' }], 'customer'],
    [
      [
        { Key: 'sensitivity', Value: 'low' },
        { Key: 'classification', Value: 'PII' },
      ],
      'pii',
    ],
    [[{ Key: 'classification', Value: '' }], null],
    [[{ Key: 'team', Value: 'CANARY' }], null],
    [[], null],
  ])('classifies a bucket by its own tag only: %j is %s', (tags, classification) => {
    expect(bucket(tags)).toMatchObject({ classification, tags_read: true });
    expect(JSON.stringify(bucket(tags))).not.toContain('CANARY');
  });

  it('DATA-04: an unread tag is no absent tag', () => {
    expect(bucket(undefined)).toMatchObject({ classification: null, tags_read: false });
    expect(bucket([{ Key: 'data-classification', Value: 'Customer' }])['tag_data_classification']).toBe('Customer');
  });

  it('leads from statements to the buckets that they read', () => {
    const policies = readManagedPolicies([POLICY]).byArn.values();
    expect(bucketAccess('aws', ['data', 'other'], policies)).toEqual([
      {
        from: { type: 'permission', native_id: `${POLICY.Arn}#v2:Read` },
        to: { type: 'resource', native_id: 'arn:aws:s3:::data' },
        type: 'APPLIES_TO',
        props: { access: 'read', reach: 'all_objects', conditional: false },
      },
    ]);
  });
});

/** Templates and the linter that keeps them read-only. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { cloudFormationTemplate, terraformTemplate } from '../../../domain/onboarding/aws.ts';
import { awsReadPolicy } from '../../../domain/onboarding/aws-policy.ts';
import { entraConsent } from '../../../domain/onboarding/entra.ts';
import { githubAppManifest } from '../../../domain/onboarding/github.ts';
import { lintTemplate } from '../../../domain/onboarding/lint/index.ts';
import { githubPermissions, isAwsRead, isGraphRead, permissionsOf } from '../../../domain/onboarding/permissions.ts';
import { DEMO_GITHUB_APP } from '../../../emulators/github/options.ts';

const AWS = {
  principal_arn: 'arn:aws:iam::999900001111:role/sv0-broker',
  external_id: `sv0-${'a'.repeat(43)}`,
  session_seconds: 1800,
  manifest: awsManifest,
};
const ENTRA = {
  client_id: '7e0f0000-0000-4000-8000-00000000f00d',
  authority_url: 'https://login.microsoftonline.com',
  redirect_url: 'https://onboarding.example/consented',
  entra_tenant_id: '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11',
  state: 'sv0-state&x=1',
  manifest: entraManifest,
};
const GITHUB = { slug: 'sv0-reader', web_url: 'https://github.com', organization: 'northwind-robotics', manifest: githubManifest };

const declaring = (...permissions: string[]): ConnectorManifest => ({
  ...awsManifest,
  categories: [{ name: 'c', title: 'c', entities: [], edges: [], permissions }],
});
const policy = (...Action: unknown[]) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('our templates', () => {
  it.each([
    ['CloudFormation', cloudFormationTemplate(AWS)],
    ['Terraform', terraformTemplate(AWS)],
    ['Entra consent', entraConsent(ENTRA)],
    ['GitHub App', githubAppManifest(GITHUB)],
  ])('CRED-20: %s passes the linter', (_, document) => {
    expect(lintTemplate(document)).toEqual([]);
    expect(lintTemplate(JSON.parse(JSON.stringify(document)))).toEqual([]);
  });

  it('CRED-20 CONN-03: each asks for exactly what its connector declares', () => {
    const { Policies, AssumeRolePolicyDocument } = cloudFormationTemplate(AWS).Resources.ReaderRole.Properties;
    expect(Policies[0]?.PolicyDocument.Statement.map(({ Action }) => Action)).toEqual([permissionsOf(awsManifest)]);
    expect(AssumeRolePolicyDocument.Statement).toMatchObject([
      { Principal: { AWS: AWS.principal_arn }, Condition: { StringEquals: { 'sts:ExternalId': AWS.external_id } } },
    ]);
    const { admin_consent_url, permissions, requiredResourceAccess } = entraConsent(ENTRA);
    expect(permissions).toEqual(permissionsOf(entraManifest));
    expect(new Set(requiredResourceAccess[0]?.resourceAccess.map(({ id }) => id)).size).toBe(permissions.length);
    const url = new URL(admin_consent_url);
    expect(url.origin + url.pathname).toBe(`https://login.microsoftonline.com/${ENTRA.entra_tenant_id}/adminconsent`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: ENTRA.client_id,
      redirect_uri: ENTRA.redirect_url,
      state: ENTRA.state,
    });
    expect(githubAppManifest(GITHUB).manifest.default_permissions).toEqual(DEMO_GITHUB_APP.permissions);
  });

  it('CRED-20: a connector that declares more than reads gets none, and no session policy', () => {
    for (const permission of ['iam:CreateUser', 'iam:*', 's3:GetObject', 'secretsmanager:GetSecretValue']) {
      const manifest = declaring('iam:ListUsers', permission);
      expect(awsReadPolicy(manifest)).toBeNull();
      expect(() => cloudFormationTemplate({ ...AWS, manifest })).toThrow(expect.objectContaining({ code: 'MANIFEST_NOT_READ_ONLY' }));
    }
    expect(() => entraConsent({ ...ENTRA, manifest: declaring('Application.ReadWrite.All') })).toThrow(/no plain reads/);
    expect(githubPermissions(declaring('Repository Contents: write'))).toBeNull();
    expect(() => githubAppManifest({ ...GITHUB, manifest: declaring('Repository Contents: write') })).toThrow(/no plain reads/);
  });

  it('CRED-20: the session is as long as the longest budget asks for, within what AWS takes', () => {
    const most = (session_seconds: number) =>
      cloudFormationTemplate({ ...AWS, session_seconds }).Resources.ReaderRole.Properties.MaxSessionDuration;
    expect([0, 3_000, 3_600, 10_000, 86_400].map(most)).toEqual([3_600, 3_600, 7_200, 10_800, 43_200]);
  });

  it('CRED-20: the session policy fits into what STS takes', () => {
    expect(JSON.stringify(awsReadPolicy(awsManifest)).length).toBeLessThan(2_048);
  });
});

const READS = /^(?:Get|List|Describe|BatchGet|Lookup)/;
const word = fc.stringMatching(/^[A-Z][A-Za-z]{1,12}$/);
const service = fc.stringMatching(/^[a-z][a-z0-9-]{1,12}$/);

describe('the linter', () => {
  it('CRED-20: refuses every AWS action outside the verbs of reading, in every kind of document', () => {
    fc.assert(
      fc.property(service, word, fc.constantFrom('', '*'), (name, verb, star) => {
        fc.pre(!READS.test(verb));
        const action = `${name}:${verb}${star}`;
        expect(isAwsRead(action)).toBe(false);
        for (const document of [
          policy('iam:ListUsers', action),
          policyIn(cloudFormationTemplate(AWS), action),
          terraformWith(policy(action)),
        ])
          expect(lintTemplate(document)).toHaveLength(1);
      }),
    );
  });

  it('CRED-20: refuses any text that is no read, and wildcards that reach what gives away data', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isAwsRead(text) && !/^[a-z0-9-]+:(?:Get|List|Describe|BatchGet|Lookup)\w*\*?$/.test(text)).toBe(false);
      }),
    );
    for (const action of [
      '*',
      'iam:*',
      's3:Get*',
      's3:GetOb*',
      's3:getobject',
      's3:GetOBJECT',
      's3:GetObject',
      'S3:GetObject',
      'secretsmanager:GetSecret*',
    ])
      expect([action, isAwsRead(action)]).toEqual([action, false]);
    for (const action of [
      'sts:GetSessionToken',
      'ssm:GetParameters',
      'lambda:GetFunction',
      'iam:Get*r',
      'iam:Ge?User',
      '*:GetUser',
      'iam:List* ',
      'kms:Decrypt',
    ])
      expect([action, isAwsRead(action)]).toEqual([action, false]);
    for (const action of ['iam:List*', 'iam:GetRole', 'ec2:DescribeInstances', 's3:GetBucket*'])
      expect([action, isAwsRead(action)]).toEqual([action, true]);
  });

  it('CRED-20: refuses permissions of Graph that write, whatever surrounds the word', () => {
    for (const permission of [
      'Application.ReadWrite.All',
      'Directory.AccessAsUser.All',
      'RoleManagement.ReadWrite.Directory',
      'Read',
      'Mail.Read',
      'Sites.Read.All',
      'User.Read.All ',
      'User.Readx.All',
      'full_access_as_app',
    ])
      expect([permission, isGraphRead(permission)]).toEqual([permission, false]);
    fc.assert(
      fc.property(word, fc.constantFrom('ReadWrite', 'Write', 'FullControl', 'Manage', 'Send'), (name, verb) => {
        expect(isGraphRead(`${name}.${verb}.All`)).toBe(false);
      }),
    );
  });

  const role = (properties: object) => ({
    Resources: { R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust({}), ...properties } } },
  });
  const trust = (change: object) => {
    const [statement] = cloudFormationTemplate(AWS).Resources.ReaderRole.Properties.AssumeRolePolicyDocument.Statement;
    return { Statement: [{ ...statement, ...change }] };
  };

  it.each([
    ['a principal that is everybody', role({ AssumeRolePolicyDocument: trust({ Principal: '*' }) }), '.Principal'],
    ['every principal of AWS', role({ AssumeRolePolicyDocument: trust({ Principal: { AWS: '*' } }) }), '.Principal'],
    [
      'a service beside it',
      role({ AssumeRolePolicyDocument: trust({ Principal: { AWS: AWS.principal_arn, Service: 'ec2.amazonaws.com' } }) }),
      '.Principal',
    ],
    ['no external ID', role({ AssumeRolePolicyDocument: trust({ Condition: {} }) }), '.Condition'],
    ['any external ID', role({ AssumeRolePolicyDocument: trust({ Condition: { StringLike: { 'sts:ExternalId': '*' } } }) }), '.Condition'],
    [
      'an external ID that can be guessed',
      role({ AssumeRolePolicyDocument: trust({ Condition: { StringEquals: { 'sts:ExternalId': 'acme' } } }) }),
      '.Condition',
    ],
    ['another way in', role({ AssumeRolePolicyDocument: trust({ Action: 'sts:*' }) }), '.Action'],
    ['a managed policy that writes', role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), 'ManagedPolicyArns[0]'],
    ['one of the customer’s own', role({ ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/SecurityAudit'] }), 'ManagedPolicyArns[0]'],
    ['a property that is not known', role({ Extra: 1 }), '.Extra'],
    ['NotAction', { Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } }, '.NotAction'],
    ['an action that is computed', policy({ 'Fn::Sub': 'iam:${x}' }), 'Action[0]'],
    ['another resource', { Resources: { U: { Type: 'AWS::IAM::User', Properties: {} } } }, 'Resources.U.Type'],
    ['a macro', { Transform: 'AWS::Serverless-2016-10-31', Resources: {} }, '$.Transform'],
    ['a module of Terraform', { module: {}, resource: {} }, '$.module'],
    ['another resource of Terraform', { resource: { aws_iam_user: { u: {} } } }, 'resource.aws_iam_user.u'],
    [
      'resources of Terraform in a list',
      { resource: { aws_iam_role_policy: [{ p: { policy: JSON.stringify(policy('iam:*')) } }] } },
      'resource.aws_iam_role_policy',
    ],
    ['a write permission of GitHub', { default_permissions: { contents: 'write' } }, 'default_permissions.contents'],
    ['events of GitHub', { default_permissions: {}, default_events: ['push'] }, 'default_events'],
    ['an active hook', { default_permissions: {}, hook_attributes: { url: 'https://x', active: true } }, 'hook_attributes.active'],
    [
      'a delegated permission',
      {
        requiredResourceAccess: [
          {
            resourceAppId: '00000003-0000-0000-c000-000000000000',
            resourceAccess: [{ id: 'df021288-bdef-4463-88db-98f22de89214', type: 'Scope' }],
          },
        ],
      },
      'resourceAccess[0]',
    ],
    [
      'a permission that is not known',
      {
        requiredResourceAccess: [
          {
            resourceAppId: '00000003-0000-0000-c000-000000000000',
            resourceAccess: [{ id: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', type: 'Role' }],
          },
        ],
      },
      'resourceAccess[0]',
    ],
    ['something else', { hello: 1 }, '$'],
    ['no object', [], '$'],
  ])('CRED-20: refuses %s, and says where', (_, document, path) => {
    const problems = lintTemplate(document);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toContain(path);
  });
});

function policyIn(template: ReturnType<typeof cloudFormationTemplate>, action: string) {
  const { Properties } = template.Resources.ReaderRole;
  return {
    Resources: {
      ReaderRole: {
        Type: 'AWS::IAM::Role',
        Properties: { ...Properties, Policies: [{ PolicyName: 'p', PolicyDocument: policy(action) }] },
      },
    },
  };
}

const terraformWith = (document: object) => ({ resource: { aws_iam_role_policy: { p: { policy: JSON.stringify(document) } } } });

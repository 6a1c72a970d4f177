/** An AWS that we did not write: moto. It does not page GetAccountAuthorizationDetails and checks no permission, so the emulator's tests stand beside these. */
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMoto } from '../../support/moto.ts';
import { runHere, type RunOutput } from './support.ts';

/** moto's only account. */
const ACCOUNT = '123456789012';
const KEY = { accessKeyId: 'AKIAMOTO000000000001', secretAccessKey: 'moto-accepts-anything' };
const GITHUB = 'token.actions.githubusercontent.com';
let stop = (): void => undefined;
let endpoint = '';
let keyId = '';

beforeAll(async () => {
  ({ endpoint, stop } = await startMoto());
  await populate(endpoint);
});
afterAll(() => stop());

async function populate(url: string): Promise<void> {
  const config = { endpoint: url, region: 'eu-west-1', credentials: KEY };
  const iam = new IAMClient(config);
  const allow = (action: string, resource: string): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Sid: 'Read', Effect: 'Allow', Action: action, Resource: resource } });
  await iam.send(new CreateUserCommand({ UserName: 'ada', Tags: [{ Key: 'owner', Value: 'data' }] }));
  await iam.send(
    new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'own', PolicyDocument: allow('s3:GetObject', 'arn:aws:s3:::reports/*') }),
  );
  keyId = (await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))).AccessKey?.AccessKeyId ?? '';
  await iam.send(new CreateGroupCommand({ GroupName: 'staff' }));
  await iam.send(new PutGroupPolicyCommand({ GroupName: 'staff', PolicyName: 'g', PolicyDocument: allow('s3:ListBucket', '*') }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'staff', UserName: 'ada' }));
  const policy = await iam.send(new CreatePolicyCommand({ PolicyName: 'reader', PolicyDocument: allow('s3:Get*', '*') }));
  const provider = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${GITHUB}`,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['0'.repeat(40)],
    }),
  );
  await iam.send(new CreateSAMLProviderCommand({ Name: 'sso', SAMLMetadataDocument: 'a'.repeat(1100) }));
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      {
        Effect: 'Allow',
        Principal: { Federated: provider.OpenIDConnectProviderArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { [`${GITHUB}:sub`]: 'repo:o/*' } },
      },
    ],
  };
  const role = await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: policy.Policy?.Arn ?? '' }));
  const lambda = new LambdaClient(config);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'report',
      Role: role.Role?.Arn,
      Runtime: 'python3.13',
      Handler: 'x.y',
      Code: { ZipFile: emptyZip() },
      Environment: { Variables: { TOKEN: 'CANARY-moto-environment' } },
      Tags: { owner: 'data' },
    }),
  );
  const queue = `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`;
  await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/sqs/aws4_request',
    },
    body: 'Action=CreateQueue&QueueName=jobs',
  });
  await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'report', EventSourceArn: queue }));
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'reports', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await s3.send(
    new PutBucketTaggingCommand({ Bucket: 'reports', Tagging: { TagSet: [{ Key: 'data-classification', Value: 'customer' }] } }),
  );
  await s3.send(new CreateBucketCommand({ Bucket: 'untagged', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
}

/** The end-of-central-directory record alone: a zip with nothing in it. */
const emptyZip = (): Uint8Array => Uint8Array.from([0x50, 0x4b, 5, 6, ...Array<number>(18).fill(0)]);

const scan = (): Promise<RunOutput> => runHere({ account: ACCOUNT, endpoint, key: KEY, regions: ['eu-west-1'] });

describe('the connector against moto', () => {
  it('CONN-02: reads every category of an AWS that is not ours', async () => {
    const output = await scan();
    expect(Object.values(output.cells).map((cell) => [cell.status, cell.errors])).toEqual([
      ['succeeded', []],
      ['succeeded', []],
      ['succeeded', []],
    ]);
    const names = (subtype: string): string[] =>
      output.entities.filter((entity) => entity.subtype === subtype).map((entity) => entity.display_name);
    expect(names('iam_user')).toEqual(['ada']);
    expect(names('iam_group')).toEqual(['staff']);
    expect(names('iam_role')).toEqual(['app']);
    expect(names('iam_access_key')).toEqual([keyId]);
    expect(names('oidc_provider')).toEqual([GITHUB]);
    expect(names('saml_provider')).toEqual(['sso']);
    expect(names('iam_policy')).toEqual(['reader']);
    expect(names('federated_subject')).toEqual([`${GITHUB} repo:o/*`]);
    expect(names('lambda_function')).toEqual(['report']);
    expect(names('event_source')).toEqual(['sqs jobs']);
    expect(names('s3_bucket')).toEqual(['reports', 'untagged']);
    expect(output.entities.find((entity) => entity.display_name === 'reports')?.props).toMatchObject({
      classification: 'customer',
      region: 'eu-west-1',
      tags_read: true,
    });
    expect(output.entities.find((entity) => entity.display_name === 'untagged')?.props).toMatchObject({
      classification: null,
      tags_read: true,
    });
    expect(new Set(output.edges.map((edge) => edge.type))).toEqual(
      new Set(['APPLIES_TO', 'GRANTS', 'HAS_CREDENTIAL', 'MEMBER_OF', 'OWNED_BY', 'RUNS_AS', 'TRIGGERED_BY', 'TRUSTS', 'TRUSTS_SUBJECT']),
    );
  });

  it('DATA-09: and leaves the values of its environment variables where they are', async () => {
    const output = await scan();
    expect(output.entities.find((entity) => entity.subtype === 'lambda_function')?.props['environment_names']).toEqual(['TOKEN']);
    expect(output.graph + output.results).not.toContain('CANARY');
  });
});

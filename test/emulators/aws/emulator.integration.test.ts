import {
  CreateUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetOpenIDConnectProviderCommand,
  type GetAccountAuthorizationDetailsResponse,
  ListAccessKeysCommand,
  ListUsersCommand,
  paginateGetAccountAuthorizationDetails,
} from '@aws-sdk/client-iam';
import { DeleteFunctionCommand, ListFunctionsCommand, ListTagsCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import type { AwsNastiness } from '../../../emulators/aws/nastiness.ts';
import { type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import { DEMO_AWS_KEYS, demoWorlds, PLATFORM_ACCOUNT } from '../../../emulators/aws/world.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { clients } from './support.ts';

const NOW = new Date('2026-09-01T00:00:00Z');
const ACCOUNT = NORTHWIND.aws.account;
const KEY = DEMO_AWS_KEYS[ACCOUNT];
let emulator: RunningAwsEmulator | undefined;
async function start(nastiness: AwsNastiness = {}): Promise<RunningAwsEmulator> {
  emulator = await startAwsEmulator({ now: NOW, nastiness });
  return emulator;
}
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});
const named = (name: string) => expect.objectContaining({ name });

describe('requests', () => {
  it('are signed for real: nobody, a stranger, a wrong secret and a foreign token are refused in each service’s words', async () => {
    const { url, counters } = await start();
    expect((await fetch(url)).status).toBe(403);
    const stranger = clients(url, { accessKeyId: 'AKIASTRANGER00000001', secretAccessKey: 'x' });
    await expect(stranger.iam.send(new ListUsersCommand({}))).rejects.toEqual(named('InvalidClientTokenId'));
    await expect(stranger.lambda.send(new ListFunctionsCommand({}))).rejects.toEqual(named('UnrecognizedClientException'));
    await expect(stranger.s3.send(new ListBucketsCommand({}))).rejects.toEqual(named('InvalidAccessKeyId'));
    const wrong = clients(url, { ...KEY, secretAccessKey: `${KEY.secretAccessKey}x` });
    await expect(wrong.sts.send(new GetCallerIdentityCommand({}))).rejects.toEqual(named('SignatureDoesNotMatch'));
    await expect(wrong.s3.send(new GetBucketTaggingCommand({ Bucket: 'x' }))).rejects.toEqual(named('SignatureDoesNotMatch'));
    await expect(clients(url, { ...KEY, sessionToken: 'x' }).iam.send(new ListUsersCommand({}))).rejects.toEqual(
      named('InvalidClientTokenId'),
    );
    expect(counters).toMatchObject({
      'answered:MissingAuthenticationToken': 1,
      'answered:InvalidClientTokenId': 4,
      'answered:SignatureDoesNotMatch': 2,
    });
  });

  it('see the account of their key and no other', async () => {
    const { url } = await start();
    const [north, bank] = [clients(url, KEY), clients(url, DEMO_AWS_KEYS[CONTOSO.aws.account])];
    expect(await bank.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: CONTOSO.aws.account });
    const names = async (client: typeof north): Promise<(string | undefined)[]> =>
      (await client.s3.send(new ListBucketsCommand({}))).Buckets?.map((bucket) => bucket.Name) ?? [];
    expect(await names(north)).toContain(NORTHWIND.aws.customerBucket);
    expect(await names(bank)).toEqual([CONTOSO.aws.ledgerBucket, 'contoso-public-rates']);
  });

  it('CONN-03: that write, or read objects, are refused and counted', async () => {
    const { url, counters } = await start();
    const { iam, lambda, s3 } = clients(url, KEY);
    await expect(iam.send(new CreateUserCommand({ UserName: 'x' }))).rejects.toEqual(named('AccessDenied'));
    await expect(lambda.send(new DeleteFunctionCommand({ FunctionName: 'orders-api' }))).rejects.toEqual(named('AccessDeniedException'));
    await expect(s3.send(new PutBucketTaggingCommand({ Bucket: 'northwind-home', Tagging: { TagSet: [] } }))).rejects.toEqual(
      named('AccessDenied'),
    );
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'northwind-home' }))).rejects.toEqual(named('AccessDenied'));
    await expect(s3.send(new GetObjectCommand({ Bucket: 'northwind-home', Key: 'x' }))).rejects.toEqual(named('AccessDenied'));
    expect(counters['write_attempts']).toBe(5);
  });

  it('need the permission in the caller’s own policies', async () => {
    const { url } = await start();
    await expect(clients(url, DEMO_AWS_KEYS[PLATFORM_ACCOUNT]).iam.send(new ListUsersCommand({}))).rejects.toEqual(named('AccessDenied'));
  });
});

describe('answers', () => {
  it('are what the SDK reads: everything of an account by pages, documents URL-encoded', async () => {
    const { url, worlds, counters } = await start({ pageSize: 9, shortPages: true, emptyPages: true });
    const pages: GetAccountAuthorizationDetailsResponse[] = [];
    for await (const page of paginateGetAccountAuthorizationDetails({ client: clients(url, KEY).iam }, {})) pages.push(page);
    const details = worlds[0]?.details;
    const arns = (lists: ({ Arn?: string | undefined }[] | undefined)[]): (string | undefined)[] =>
      lists.flatMap((list) => list ?? []).map((item) => item.Arn);
    expect(arns(pages.map((page) => page.UserDetailList))).toEqual(details?.UserDetailList.map((user) => user.Arn));
    expect(arns(pages.map((page) => page.GroupDetailList))).toEqual(details?.GroupDetailList.map((group) => group.Arn));
    expect(arns(pages.map((page) => page.RoleDetailList))).toEqual(details?.RoleDetailList.map((role) => role.Arn));
    expect(arns(pages.map((page) => page.Policies))).toEqual(details?.Policies.map((policy) => policy.Arn));
    const encoded = pages.flatMap((page) => page.RoleDetailList ?? [])[0]?.AssumeRolePolicyDocument ?? '';
    expect(encoded).toMatch(/^%7B/);
    expect(JSON.parse(decodeURIComponent(encoded))).toEqual(details?.RoleDetailList[0]?.AssumeRolePolicyDocument);
    expect(counters['empty_pages']).toBe(pages.length / 2);
    expect(counters['short_pages']).toBeGreaterThan(0);
  });

  it('filter by kind, and refuse a marker that nobody gave', async () => {
    const { iam } = clients((await start()).url, KEY);
    const groups = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Group', 'AWSManagedPolicy'] }));
    expect(groups.UserDetailList).toEqual([]);
    expect(groups.Policies?.every((policy) => policy.Arn?.startsWith('arn:aws:iam::aws:'))).toBe(true);
    await expect(iam.send(new ListUsersCommand({ Marker: 'forged' }))).rejects.toEqual(named('ValidationError'));
    await expect(iam.send(new ListAccessKeysCommand({ UserName: 'nobody' }))).rejects.toEqual(named('NoSuchEntityException'));
    await expect(
      iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/none` })),
    ).rejects.toEqual(named('NoSuchEntityException'));
  });

  it('of Lambda belong to a region, and hold no tags', async () => {
    const { url } = await start({ pageSize: 4 });
    const names: (string | undefined)[] = [];
    for await (const page of paginateListFunctions({ client: clients(url, KEY, 'us-east-1').lambda }, {}))
      names.push(...(page.Functions ?? []).map((fn) => fn.FunctionName));
    expect(names).toHaveLength(10);
    expect((await clients(url, KEY, 'ap-south-1').lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    const Resource = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders-audit`;
    expect((await clients(url, KEY).lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ Owner: 'orders-team' });
  });

  it('of S3 say where a bucket is, and that it has no tags', async () => {
    const { s3 } = clients((await start()).url, KEY);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'northwind-home' }))).LocationConstraint).toBe('eu-west-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'northwind-website' }))).LocationConstraint).toBeUndefined();
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'northwind-home' }))).rejects.toEqual(named('NoSuchTagSet'));
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'northwind-none' }))).rejects.toEqual(named('NoSuchBucket'));
  });
});

describe('nastiness', () => {
  it('throttles, and again for longer whoever comes back too early', async () => {
    const { url, counters } = await start({ throttle: { every: 2, forMs: 1_500 } });
    const { iam, sts } = clients(url, KEY);
    await sts.send(new GetCallerIdentityCommand({}));
    await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
      $response: { headers: { 'x-amz-retry-after': '1500' } },
    });
    await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
      $response: { headers: { 'x-amz-retry-after': '3000' } },
    });
    await new Promise((resolve) => setTimeout(resolve, 3_010));
    await expect(iam.send(new ListUsersCommand({}))).resolves.toBeDefined();
    expect(counters).toMatchObject({ throttled: 1, too_early: 1 });
  });

  it('is overcome by a client that waits as it is told', async () => {
    const { url, counters } = await start({ throttle: { every: 2, forMs: 200 } });
    const { iam, sts } = clients(url, KEY, 'us-east-1', 3);
    await sts.send(new GetCallerIdentityCommand({}));
    await expect(iam.send(new ListUsersCommand({}))).resolves.toBeDefined();
    expect(counters['throttled']).toBe(1);
    expect(counters['too_early']).toBeUndefined();
  });

  it('fails in bursts, ends a session, and refuses one call, region or resource', async () => {
    const burst = await start({ serverErrors: { every: 1, burst: 2 } });
    await expect(clients(burst.url, KEY).s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await burst.close();
    const ending = await start({ expireAfter: 1 });
    const { sts, iam, lambda } = clients(ending.url, KEY);
    await sts.send(new GetCallerIdentityCommand({}));
    await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: expect.stringMatching(/^ExpiredToken/) });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({ name: expect.stringMatching(/^ExpiredToken/) });
    await ending.close();
    const { url } = await start({ deny: ['lambda:ListFunctions@eu-west-1', 's3:GetBucketTagging@northwind-orders'] });
    await expect(clients(url, KEY, 'eu-west-1').lambda.send(new ListFunctionsCommand({}))).rejects.toEqual(named('AccessDeniedException'));
    await expect(clients(url, KEY, 'us-east-1').lambda.send(new ListFunctionsCommand({}))).resolves.toBeDefined();
    await expect(clients(url, KEY).s3.send(new GetBucketTaggingCommand({ Bucket: 'northwind-orders' }))).rejects.toEqual(
      named('AccessDenied'),
    );
    await expect(clients(url, KEY).s3.send(new GetBucketTaggingCommand({ Bucket: 'northwind-robots' }))).resolves.toBeDefined();
  });
});

describe('the demo’s worlds', () => {
  it('are the same for the same day, and hold what the story names', () => {
    expect(JSON.stringify(demoWorlds(NOW))).toBe(JSON.stringify(demoWorlds(new Date(NOW))));
    const [north, bank] = demoWorlds(NOW);
    const roles = (world: typeof north): string[] => world?.details.RoleDetailList.map((role) => role.Arn) ?? [];
    expect(roles(north)).toEqual(expect.arrayContaining([NORTHWIND.aws.deployRole, NORTHWIND.aws.entraReaderRole]));
    expect(roles(bank)).toContain(CONTOSO.aws.ciRole);
    expect(north?.buckets.find((bucket) => bucket.Name === NORTHWIND.aws.customerBucket)?.Tags).toContainEqual({
      Key: 'data-classification',
      Value: 'customer',
    });
    expect(north?.details.UserDetailList.length).toBeGreaterThanOrEqual(38);
    expect(roles(north).length).toBeGreaterThanOrEqual(55);
  });
});

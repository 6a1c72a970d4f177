/** What an account refuses, or stops giving midway, costs that and nothing else. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AwsNastiness } from '../../../emulators/aws/nastiness.ts';
import { MESSAGE_CANARY } from '../../../emulators/aws/refusal.ts';
import { type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import { DEMO_AWS_KEYS } from '../../../emulators/aws/world.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { runAsChild, runHere, type RunOptions } from './support.ts';

const ACCOUNT = NORTHWIND.aws.account;
const KEY = DEMO_AWS_KEYS[ACCOUNT];
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(nastiness: AwsNastiness = {}): Promise<RunningAwsEmulator> {
  const aws = await startAwsEmulator({ now: new Date('2026-09-01T00:00:00Z'), nastiness });
  closing.push(() => aws.close());
  return aws;
}
async function scan(nastiness: AwsNastiness, options: Partial<RunOptions> = {}) {
  const aws = await start(nastiness);
  const output = await runHere({ account: ACCOUNT, endpoint: aws.url, key: KEY, ...options });
  expect(output.results + output.log).not.toContain('CANARY');
  expect(MESSAGE_CANARY).toContain('CANARY');
  return { ...output, counters: aws.counters };
}
const subtypes = (output: { entities: readonly { subtype: string }[] }): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { subtype } of output.entities) counts[subtype] = (counts[subtype] ?? 0) + 1;
  return counts;
};

describe('a permission that is missing', () => {
  it('RUN-10: Lambda refused in one region leaves the other and says which', async () => {
    const output = await scan({ deny: ['lambda:ListFunctions@eu-west-1'] });
    expect(output.counters['denied']).toBe(1);
    expect(output.cells['lambda']).toMatchObject({
      status: 'partial',
      errors: [{ code: 'AWS_ACCESS_DENIED', class: 'persistent', actor: 'customer', subject: 'lambda:ListFunctions (eu-west-1)' }],
    });
    expect(
      output.entities.filter((entity) => entity.subtype === 'lambda_function').every((entity) => entity.props['region'] === 'us-east-1'),
    ).toBe(true);
    expect(subtypes(output)['lambda_function']).toBe(10);
    expect(output.cells['iam']?.status).toBe('succeeded');
  });

  it('RUN-10: Lambda refused everywhere fails Lambda, and Lambda only', async () => {
    const output = await scan({ deny: ['lambda:ListFunctions'] });
    expect(output.exitCode).toBe(0);
    expect(output.cells).toMatchObject({
      iam: { status: 'succeeded' },
      lambda: { status: 'failed', errors: [{ code: 'AWS_ACCESS_DENIED' }] },
      s3: { status: 'succeeded' },
    });
  });

  it('RUN-10: principals refused fail iam; buckets stay, and say that edges may be missing', async () => {
    const output = await scan({ deny: ['iam:GetAccountAuthorizationDetails'] });
    expect(output.cells).toMatchObject({
      iam: { status: 'failed', errors: [{ code: 'AWS_ACCESS_DENIED', subject: 'iam:GetAccountAuthorizationDetails' }] },
      s3: { status: 'partial', errors: [{ code: 'AWS_ACCESS_DENIED', subject: 'iam:GetAccountAuthorizationDetails' }] },
    });
    expect(subtypes(output)).toMatchObject({ s3_bucket: 13, lambda_function: 18 });
    expect(output.counters['iam:GetAccountAuthorizationDetails']).toBe(1);
  });

  it.each([
    ['iam:ListAccessKeys', 'iam', { iam_access_key: undefined, iam_user: 39 }],
    ['iam:GetAccessKeyLastUsed', 'iam', { iam_access_key: 15 }],
    ['iam:ListUsers', 'iam', { iam_user: 39 }],
    ['iam:ListSAMLProviders', 'iam', { saml_provider: 1 }],
    ['iam:ListOpenIDConnectProviders', 'iam', { oidc_provider: undefined, federated_subject: 4 }],
    ['iam:GetOpenIDConnectProvider', 'iam', { oidc_provider: 2 }],
    ['lambda:ListTags', 'lambda', { lambda_function: 18 }],
    ['lambda:ListEventSourceMappings', 'lambda', { lambda_function: 18, event_source: undefined }],
    ['s3:GetBucketTagging', 's3', { s3_bucket: 13 }],
  ])('RUN-10: without %s the rest of %s is read', async (permission, category, expected) => {
    const output = await scan({ deny: [permission] });
    expect(output.counters['denied']).toBeGreaterThan(0);
    expect(output.cells[category]?.status).toBe('partial');
    expect(new Set(output.cells[category]?.errors.map((error) => [error.code, error.actor].join()))).toEqual(
      new Set(['AWS_ACCESS_DENIED,customer']),
    );
    expect(output.cells[category]?.errors.every((error) => error.subject?.startsWith(permission))).toBe(true);
    const found = subtypes(output);
    expect(Object.fromEntries(Object.keys(expected).map((subtype) => [subtype, found[subtype]]))).toEqual(expected);
  });

  it('asks no further when a permission is refused for item after item', async () => {
    const output = await scan({ deny: ['iam:ListAccessKeys'] });
    expect(output.cells['iam']?.errors).toHaveLength(1);
    expect(output.counters['iam:ListAccessKeys']).toBeLessThan(39);
  });

  it('DATA-04: a bucket whose own policy refuses is kept as not classified, and the others are read', async () => {
    const output = await scan({ deny: [`s3:GetBucketTagging@${NORTHWIND.aws.customerBucket}`] });
    expect(output.cells['s3']).toMatchObject({
      status: 'partial',
      errors: [{ subject: `s3:GetBucketTagging (${NORTHWIND.aws.customerBucket})` }],
    });
    const buckets = output.entities.filter((entity) => entity.subtype === 's3_bucket');
    expect(buckets.filter((bucket) => bucket.props['tags_read'] === false).map((bucket) => bucket.display_name)).toEqual([
      NORTHWIND.aws.customerBucket,
    ]);
    expect(buckets).toHaveLength(13);
  });
});

describe('an account that stops answering', () => {
  it('RUN-10: a session that ends between pages keeps what was read, and nothing is taken for complete', async () => {
    const output = await scan({ pageSize: 40, expireAfter: 3 });
    expect(output.counters['expired']).toBeGreaterThan(0);
    expect(output.cells).toMatchObject({
      iam: { status: 'partial', errors: [{ code: 'AWS_CREDENTIALS_EXPIRED', class: 'persistent', actor: 'customer' }] },
      lambda: { status: 'failed', errors: [{ code: 'AWS_CREDENTIALS_EXPIRED' }] },
      s3: { status: 'failed', errors: [{ code: 'AWS_CREDENTIALS_EXPIRED' }] },
    });
    expect(subtypes(output)['iam_user']).toBe(39);
    expect(output.exitCode).toBe(0);
  });

  it('RUN-10: a session that ends among the access keys keeps the principals', async () => {
    const output = await scan({ expireAfter: 20 });
    expect(output.cells['iam']?.status).toBe('partial');
    expect(subtypes(output)).toMatchObject({ iam_user: 39, iam_role: 55 });
    expect(new Set(output.cells['iam']?.errors.map((error) => error.code))).toEqual(new Set(['AWS_CREDENTIALS_EXPIRED']));
    expect(output.cells['iam']?.errors.length).toBeLessThanOrEqual(2);
    // Those that were on their way; nobody asks on for every user.
    expect(output.counters['expired']).toBeLessThan(15);
  });

  it('RUN-17: only failures of AWS, until the attempts are used up, end with the exit code of passing reasons', async () => {
    const output = await scan({ serverErrors: { every: 1, burst: 1 } }, { categories: ['iam'] });
    expect(output.exitCode).toBe(75);
    expect(output.cells['iam']).toMatchObject({
      status: 'failed',
      errors: [{ code: 'AWS_UNAVAILABLE', class: 'transient', actor: 'nobody' }],
    });
    expect(output.counters['server_errors']).toBe(5);
  });

  it('RUN-17: nobody listening is a passing reason', async () => {
    const aws = await start();
    await aws.close();
    const output = await runHere({ account: ACCOUNT, endpoint: aws.url, key: KEY, categories: ['s3'] });
    expect(output.exitCode).toBe(75);
    expect(output.cells['s3']?.errors[0]).toMatchObject({ code: 'AWS_UNAVAILABLE', class: 'transient' });
  });

  it('RUN-12: a deadline during the waiting ends the category at once, as a timeout', async () => {
    const started = performance.now();
    const output = await scan({ throttle: { every: 2, forMs: 30_000 } }, { categories: ['iam'], deadlineMs: 3_500 });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(output.cells['iam']?.errors[0]).toMatchObject({ code: 'CONNECTOR_DEADLINE', class: 'timeout' });
  });
});

describe('credentials', () => {
  it.each([
    ['a secret that is wrong', { accessKeyId: KEY.accessKeyId, secretAccessKey: 'wrong' }, 'AWS_CREDENTIALS_INVALID'],
    ['a key that nobody knows', { accessKeyId: 'AKIANOBODYKNOWSTHIS1', secretAccessKey: KEY.secretAccessKey }, 'AWS_CREDENTIALS_INVALID'],
    ['a session token that is not its own', { ...KEY, sessionToken: 'x' }, 'AWS_CREDENTIALS_INVALID'],
    ['a key of another account', DEMO_AWS_KEYS[CONTOSO.aws.account], 'AWS_ACCOUNT_MISMATCH'],
  ])('%s is refused before anything is read', async (_, key, code) => {
    const aws = await start();
    const output = await runHere({ account: ACCOUNT, endpoint: aws.url, key });
    expect(Object.values(output.cells).map((cell) => [cell.status, cell.errors[0]?.code, cell.errors[0]?.actor])).toEqual([
      ['failed', code, 'customer'],
      ['failed', code, 'customer'],
      ['failed', code, 'customer'],
    ]);
    expect(Object.keys(aws.counters).filter((name) => /^(?:iam|lambda|s3):/.test(name))).toEqual([]);
    expect(output.entities).toEqual([]);
  });

  it('CRED-06, CRED-11: without a key no call is made, whatever profile, metadata address or endpoint the host offers', async () => {
    const trap = await startTrap();
    const home = await poisonedHome(trap.url);
    const output = await runAsChild({ account: ACCOUNT, endpoint: (await start()).url, env: { ...trap.env, HOME: home } });
    expect(Object.values(output.cells).map((cell) => cell.errors[0]?.code)).toEqual([
      'CREDENTIALS_MISSING',
      'CREDENTIALS_MISSING',
      'CREDENTIALS_MISSING',
    ]);
    expect(trap.requests).toEqual([]);
  });

  it('CRED-07, CRED-11: with a key neither profile nor environment changes where the calls go', async () => {
    const trap = await startTrap();
    const home = await poisonedHome(trap.url);
    const aws = await start();
    const output = await runAsChild({ account: ACCOUNT, endpoint: aws.url, key: KEY, env: { ...trap.env, HOME: home } });
    expect(Object.values(output.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(trap.requests).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1:1', undefined],
    ['http://169.254.169.254', true],
    ['http://[::ffff:169.254.169.254]', true],
    ['https://user:pass@example.com', true],
    ['https://10.0.0.7', false],
  ])(
    'CONN-05: the endpoint %s (private ones allowed: %s) is refused before a key is sent anywhere',
    async (endpoint_url, allow_private) => {
      const output = await runHere({
        account: ACCOUNT,
        key: KEY,
        categories: ['iam'],
        config: { endpoint_url, ...(allow_private === undefined ? {} : { allow_private }) },
      });
      expect(output.cells['iam']?.errors[0]).toMatchObject({ code: expect.stringMatching(/^SOURCE_(?:URL|ADDRESS)_/), actor: 'operator' });
    },
  );
});

/** Answers everything and remembers that it was asked. */
async function startTrap(): Promise<{ url: string; env: Record<string, string>; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    env: {
      AWS_PROFILE: 'default',
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_IAM: url,
      AWS_ENDPOINT_URL_STS: url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
    },
  };
}

async function poisonedHome(url: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'aws-home-'));
  closing.push(() => rm(home, { recursive: true }));
  await mkdir(join(home, '.aws'));
  await writeFile(join(home, '.aws', 'credentials'), '[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile\n');
  await writeFile(
    join(home, '.aws', 'config'),
    `[default]\nregion = eu-west-3\nendpoint_url = ${url}\nmax_attempts = 1\nuse_dualstack_endpoint = true\n`,
  );
  return home;
}

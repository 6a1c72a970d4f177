import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { explicitConfig, explicitS3Config, pinEndpoint } from '../../../connectors/aws/sdk-config.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE000000001', secretAccessKey: 'CANARY-secret' };
afterEach(() => vi.unstubAllEnvs());

/** Where a request would go: it is caught before it leaves. */
async function destination(send: (requestHandler: never) => Promise<unknown>): Promise<string> {
  let seen = '';
  const handler = {
    handle: (request: { protocol: string; hostname: string; path: string }) => {
      seen = `${request.protocol}//${request.hostname}${request.path}`;
      return Promise.reject(Object.assign(new Error('caught'), { name: 'Caught' }));
    },
    metadata: { handlerProtocol: 'http/1.1' },
  };
  await send(handler as never).catch(() => undefined);
  return seen;
}

describe('what the SDK is told', () => {
  it('CRED-11, CONN-05: the public endpoints of the region are called, whatever endpoint and region the environment names', async () => {
    for (const service of ['', '_IAM', '_STS', '_LAMBDA', '_S3']) vi.stubEnv(`AWS_ENDPOINT_URL${service}`, 'http://127.0.0.1:9');
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, 'ap-south-2');
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
    const config = explicitConfig({ credentials, region: 'eu-west-1', endpoint: null });
    const s3 = explicitS3Config({ credentials, region: 'eu-west-1', endpoint: null });
    const seen = [
      await destination((requestHandler) => new IAMClient({ ...config, requestHandler }).send(new ListUsersCommand({}))),
      await destination((requestHandler) => new STSClient({ ...config, requestHandler }).send(new GetCallerIdentityCommand({}))),
      await destination((requestHandler) => new LambdaClient({ ...config, requestHandler }).send(new ListFunctionsCommand({}))),
      await destination((requestHandler) => new S3Client({ ...s3, requestHandler }).send(new GetBucketTaggingCommand({ Bucket: 'data' }))),
    ];
    expect(seen).toEqual([
      'https://iam.amazonaws.com/',
      'https://sts.eu-west-1.amazonaws.com/',
      'https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions',
      'https://data.s3.eu-west-1.amazonaws.com/',
    ]);
  });

  it('an endpoint of the instance is called for every service, buckets in the path', async () => {
    const endpoint = await pinEndpoint('http://127.0.0.1:4566', true);
    const s3 = explicitS3Config({ credentials, region: 'eu-west-1', endpoint });
    expect(
      await destination((requestHandler) => new S3Client({ ...s3, requestHandler }).send(new GetBucketTaggingCommand({ Bucket: 'data' }))),
    ).toBe('http://127.0.0.1/data/');
    expect(s3.followRegionRedirects).toBe(false);
  });

  it('CRED-11: nothing is looked up where the environment offers other credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOFTHEHOST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'CANARY-host');
    const client = new IAMClient(explicitConfig({ credentials, region: 'us-east-1', endpoint: null }));
    expect(await client.config.credentials()).toMatchObject(credentials);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    expect(await client.config.maxAttempts()).toBe(5);
  });
});

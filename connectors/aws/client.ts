/**
 * Reads pages; knows nothing of the graph. Every method maps AWS's failures to `SourceError` by the permission that it needs.
 * Read-only: the commands that `client/` imports are all that is ever sent (CONN-03).
 */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';
import { call } from './client/call.ts';
import { IamReader } from './client/iam.ts';
import { LambdaReader } from './client/lambda.ts';
import { AwsProbes } from './client/probes.ts';
import { S3Reader } from './client/s3.ts';
import { parseArn } from './converters/refs.ts';
import { type ExplicitConfig, explicitConfig, pinEndpoint } from './sdk-config.ts';
import { readSettings } from './settings.ts';

/** Where global services are asked when the scope names no region. */
const DEFAULT_REGION = 'us-east-1';

export interface AwsClient {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** The scope's, sorted; empty when it names none. */
  readonly regions: readonly string[];
  readonly iam: IamReader;
  readonly s3: S3Reader;
  readonly probes: AwsProbes;
  lambda(region: string): LambdaReader;
}

/**
 * Asks AWS first whose key it is: a key of another account than the scope's must not be read with, whoever mixed them up.
 * `GetCallerIdentity` needs no permission.
 */
export async function connectAws(scope: ScopeFile, env: Readonly<Record<string, string | undefined>>): Promise<AwsClient> {
  const { account, credentials, regions, endpointUrl, allowPrivate } = readSettings(scope, env);
  const endpoint = endpointUrl === null ? null : await pinEndpoint(endpointUrl, allowPrivate);
  const config: ExplicitConfig = { credentials, endpoint, region: regions[0] ?? DEFAULT_REGION };
  const caller = await callerIdentity(config);
  if (caller.Account !== account) {
    throw new SourceError('the access key belongs to another AWS account than the scope names', {
      code: 'AWS_ACCOUNT_MISMATCH',
      class: 'persistent',
      actor: 'customer',
      subject: account,
    });
  }
  return {
    partition: parseArn(caller.Arn ?? '')?.partition ?? 'aws',
    regions,
    iam: new IamReader(config),
    s3: new S3Reader(config),
    probes: new AwsProbes(config, regions),
    lambda: (region) => new LambdaReader({ ...config, region }),
  };
}

async function callerIdentity(
  config: ExplicitConfig,
): Promise<{ readonly Account?: string | undefined; readonly Arn?: string | undefined }> {
  const sts = new STSClient(explicitConfig(config));
  try {
    return await call({ permission: 'sts:GetCallerIdentity' }, () => sts.send(new GetCallerIdentityCommand({})));
  } finally {
    sts.destroy();
  }
}

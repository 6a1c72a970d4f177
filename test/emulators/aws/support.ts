/** Real SDK clients on an emulator. */
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One attempt each, so that a refusal is seen as it is. */
export function clients(endpoint: string, credentials: Key, region = 'us-east-1', maxAttempts = 1) {
  const config = { endpoint, region, credentials, maxAttempts, forcePathStyle: true };
  return { iam: new IAMClient(config), lambda: new LambdaClient(config), s3: new S3Client(config), sts: new STSClient(config) };
}

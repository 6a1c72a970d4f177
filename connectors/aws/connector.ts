/** The AWS connector as data: importing it does nothing. */
import type { ConnectorDefinition } from '../sdk/types.ts';
import { awsChecks } from './checks.ts';
import { type AwsClient, connectAws } from './client.ts';
import { awsManifest } from './manifest.ts';
import { readBuckets } from './steps/s3.ts';
import { readFunctions } from './steps/lambda.ts';
import { readIam } from './steps/iam.ts';

export const awsConnector: ConnectorDefinition<AwsClient> = {
  manifest: awsManifest,
  connect: connectAws,
  checks: awsChecks,
  steps: { iam: readIam, lambda: readFunctions, s3: readBuckets },
};

/** What proves each permission of the manifest. */
import type { PermissionCheck } from '../sdk/checks.ts';
import type { AwsClient } from './client.ts';
import { awsManifest } from './manifest.ts';

export const awsChecks: Readonly<Record<string, PermissionCheck<AwsClient>>> = Object.fromEntries(
  awsManifest.categories
    .flatMap((category) => category.permissions)
    .map((permission) => [permission, (client: AwsClient, signal: AbortSignal) => client.probes.probe(permission, signal)]),
);

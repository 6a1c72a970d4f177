/** What a connector may do in an AWS account, as a policy: of the customer's role, and again of every session. */
import type { ConnectorManifest } from '../connectors/manifest.ts';
import { isAwsRead, permissionsOf } from './permissions.ts';

export interface AwsPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: '*';
  }[];
}

/** Null when the connector declares anything that is no plain read of AWS. */
export function awsReadPolicy(manifest: ConnectorManifest): AwsPolicy | null {
  const actions = permissionsOf(manifest);
  if (actions.length === 0 || !actions.every((action) => isAwsRead(action) && !action.endsWith('*'))) return null;
  return { Version: '2012-10-17', Statement: [{ Sid: 'ReadOnlyInventory', Effect: 'Allow', Action: actions, Resource: '*' }] };
}

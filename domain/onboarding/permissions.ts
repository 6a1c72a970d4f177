/** What counts as reading in each source's own words. Templates, the linter, the session policy and the minters ask here, and nowhere else. */
import type { ConnectorManifest } from '../connectors/manifest.ts';

/** Everything that a connector's categories declare, without doubles, sorted. */
export const permissionsOf = (manifest: ConnectorManifest): readonly string[] =>
  [...new Set(manifest.categories.flatMap(({ permissions }) => permissions))].sort();

const AWS_ACTION = /^([a-z0-9-]+):((?:Get|List|Describe|BatchGet|Lookup)[A-Za-z0-9]*\*?)$/;

/** Called reads, and give away data, code or credentials all the same: no inventory needs them. A pattern that reaches one of them is refused. */
const NOT_FOR_US: readonly string[] = [
  'cloudformation:GetTemplate',
  'codeartifact:GetAuthorizationToken',
  'codecommit:GetBlob',
  'codecommit:GetFile',
  'cognito-identity:GetCredentialsForIdentity',
  'cognito-identity:GetOpenIdToken',
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:GetRecords',
  'ec2:GetConsoleOutput',
  'ec2:GetPasswordData',
  'ec2:DescribeInstanceAttribute',
  'ecr:GetAuthorizationToken',
  'ecr:GetDownloadUrlForLayer',
  'kinesis:GetRecords',
  'lambda:GetFunction',
  'lambda:GetLayerVersion',
  'logs:GetLogEvents',
  'logs:GetQueryResults',
  'rds:DownloadDBLogFilePortion',
  'redshift:GetClusterCredentials',
  's3:GetObject',
  's3:GetObjectTorrent',
  's3:GetObjectVersion',
  's3:ListBucket',
  's3:ListBucketVersions',
  'secretsmanager:BatchGetSecretValue',
  'secretsmanager:GetRandomPassword',
  'secretsmanager:GetSecretValue',
  'sqs:GetQueueAttributes',
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
  'sso:GetRoleCredentials',
  'sts:GetFederationToken',
  'sts:GetServiceBearerToken',
  'sts:GetSessionToken',
];

/** One action, or a pattern that ends in `*` after a verb of reading. */
export function isAwsRead(action: string): boolean {
  const [, service = '', name = ''] = AWS_ACTION.exec(action) ?? [];
  if (service === '') return false;
  // IAM does not tell cases apart.
  const pattern = `${service}:${name}`.toLowerCase();
  if (!pattern.endsWith('*')) return !NOT_FOR_US.some((one) => one.toLowerCase() === pattern);
  const prefix = pattern.slice(0, -1);
  return !NOT_FOR_US.some((one) => one.toLowerCase().startsWith(prefix));
}

/** `Application.Read.All`: one segment says Read, none says that it writes. `Mail.Read` and its like read what is none of ours. */
export const isGraphRead = (permission: string): boolean =>
  /^[A-Za-z]+(?:\.[A-Za-z]+)*$/.test(permission) &&
  permission.split('.').slice(1).includes('Read') &&
  !CONTENT.has(permission.split('.')[0] ?? '');

const CONTENT: ReadonlySet<string> = new Set([
  'Calendars',
  'Chat',
  'Contacts',
  'Files',
  'Mail',
  'Notes',
  'OnlineMeetings',
  'Sites',
  'Tasks',
]);

/**
 * `Repository Actions: read` → `actions`, `Organization Secrets: read` → `organization_secrets`: the names of GitHub's API, all with `read`.
 * Null when one is not of that form, or is more than read.
 */
export function githubPermissions(manifest: ConnectorManifest): Readonly<Record<string, 'read'>> | null {
  const names: string[] = [];
  for (const permission of permissionsOf(manifest)) {
    const [, owner, name] = /^(Repository|Organization) ([A-Za-z ]+): read$/.exec(permission) ?? [];
    if (owner === undefined || name === undefined) return null;
    const plain = name.toLowerCase().replaceAll(' ', '_');
    names.push(owner === 'Repository' ? plain : `organization_${plain}`);
  }
  return Object.fromEntries(names.sort().map((name) => [name, 'read' as const]));
}

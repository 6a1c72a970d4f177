/** What a read-only inventory needs. Kept here as well as in the connector's manifest: the emulator knows nothing of connectors, and a test compares the two. */
export const awsReadPermissions = [
  'iam:GetAccessKeyLastUsed',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetOpenIDConnectProvider',
  'iam:ListAccessKeys',
  'iam:ListOpenIDConnectProviders',
  'iam:ListSAMLProviders',
  'iam:ListUsers',
  'lambda:ListEventSourceMappings',
  'lambda:ListFunctions',
  'lambda:ListTags',
  's3:GetBucketLocation',
  's3:GetBucketTagging',
  's3:ListAllMyBuckets',
] as const;

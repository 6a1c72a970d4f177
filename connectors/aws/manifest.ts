/** What the AWS connector declares about itself (CONN-03, CRED-15). The permissions are all it calls, and nothing lists objects. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';

export const awsManifest: ConnectorManifest = {
  kind: 'aws',
  title: 'Amazon Web Services',
  source_system: 'aws',
  version: '1.0.0',
  categories: [
    {
      name: 'iam',
      title: 'IAM: users, groups, roles, policies, access keys, trust',
      entities: [
        'identity/iam_user',
        'identity/iam_group',
        'identity/aws_account',
        'identity/aws_principal',
        'identity/aws_service',
        'identity/federated_subject',
        'identity/oidc_provider',
        'identity/saml_provider',
        'role/iam_role',
        'permission/iam_policy',
        'permission/iam_statement',
        'credential/iam_access_key',
        'owner/tag_owner',
      ],
      edges: ['GRANTS', 'HAS_CREDENTIAL', 'MEMBER_OF', 'OWNED_BY', 'TRUSTS', 'TRUSTS_SUBJECT'],
      permissions: [
        'iam:GetAccountAuthorizationDetails',
        'iam:ListUsers',
        'iam:ListAccessKeys',
        'iam:GetAccessKeyLastUsed',
        'iam:ListOpenIDConnectProviders',
        'iam:GetOpenIDConnectProvider',
        'iam:ListSAMLProviders',
      ],
    },
    {
      name: 'lambda',
      title: 'Lambda functions, their roles and event sources',
      entities: ['workload/lambda_function', 'resource/event_source', 'owner/tag_owner'],
      edges: ['OWNED_BY', 'RUNS_AS', 'TRIGGERED_BY'],
      permissions: ['lambda:ListFunctions', 'lambda:ListEventSourceMappings', 'lambda:ListTags'],
    },
    {
      name: 's3',
      title: 'S3 buckets, their classification, and which statements read them',
      entities: ['resource/s3_bucket', 'owner/tag_owner'],
      edges: ['APPLIES_TO', 'OWNED_BY'],
      permissions: ['s3:ListAllMyBuckets', 's3:GetBucketLocation', 's3:GetBucketTagging'],
    },
  ],
  credential_kinds: [
    {
      kind: 'aws_access_key',
      variables: {
        // An id, not a secret: the account's own key listing holds it, and so does the graph.
        AWS_ACCESS_KEY_ID: { field: 'access_key_id', required: true, secret: false },
        AWS_SECRET_ACCESS_KEY: { field: 'secret_access_key', required: true },
        AWS_SESSION_TOKEN: { field: 'session_token', required: false },
      },
    },
  ],
  accepted_variants: {},
  capabilities: { auth: { required: true }, connection_test: true },
  config: {
    endpoint_url: {
      type: 'url',
      required: false,
      description: 'Where all AWS services are served; the public endpoints when it is left out',
    },
    allow_private: {
      type: 'boolean',
      required: false,
      description: 'An operator allows private and loopback addresses, for an emulator. Off.',
    },
  },
  params: {
    regions: {
      type: 'string[]',
      required: false,
      description: 'Regions to read; needed for Lambda, and limits S3 to buckets in them',
      pattern: '^[a-z]{2}(?:-[a-z]+)+-[0-9]$',
    },
  },
};

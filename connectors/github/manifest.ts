/** What the GitHub connector declares about itself (CONN-03, CRED-15). All reads are REST GETs. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';

export const DEFAULT_BASE_URL = 'https://api.github.com';

/** In GitHub's words for a GitHub App or a fine-grained token; always "read". */
export const PERMISSIONS = {
  metadata: 'Repository metadata: read',
  actions: 'Repository Actions: read',
  contents: 'Repository Contents: read',
  environments: 'Repository Environments: read',
  secrets: 'Repository Secrets: read',
  organizationSecrets: 'Organization Secrets: read',
  repositoryAdministration: 'Repository Administration: read',
  organizationAdministration: 'Organization Administration: read',
} as const;

const P = PERMISSIONS;

export const githubManifest = {
  kind: 'github',
  title: 'GitHub',
  source_system: 'github',
  version: '1.0.0',
  categories: [
    {
      name: 'repositories',
      title: 'Repositories and the people who administer them',
      entities: ['resource/repository', 'owner/user'],
      edges: ['OWNED_BY'],
      permissions: [P.metadata],
    },
    {
      name: 'environments',
      title: 'Deployment environments and what protects them',
      entities: ['resource/environment'],
      edges: ['MEMBER_OF'],
      permissions: [P.metadata, P.actions],
    },
    {
      name: 'workflows',
      title: 'Workflows, what starts them, and the OIDC subjects that they can ask a token for',
      entities: ['workload/workflow', 'resource/event_source', 'identity/oidc_subject'],
      edges: ['MEMBER_OF', 'TRIGGERED_BY', 'CAN_REQUEST_OIDC', 'OWNED_BY'],
      permissions: [P.metadata, P.actions, P.contents],
    },
    {
      name: 'secrets',
      title: 'Names of Actions secrets, and the workflows that are given them',
      entities: ['credential/actions_secret'],
      edges: ['REFERENCES_SECRET'],
      permissions: [P.metadata, P.actions, P.contents, P.secrets, P.environments, P.organizationSecrets],
    },
    {
      name: 'installations',
      title: 'Installed GitHub Apps, what they may do, and where',
      entities: ['identity/app_installation'],
      edges: ['CAN_ACCESS', 'CAN_DISPATCH'],
      permissions: [P.organizationAdministration, P.metadata, P.actions, P.contents],
    },
    {
      name: 'deploy_keys',
      title: 'Deploy keys (dates and rights, never the key)',
      entities: ['credential/deploy_key'],
      edges: ['HAS_CREDENTIAL'],
      permissions: [P.metadata, P.repositoryAdministration],
    },
  ],
  credential_kinds: [{ kind: 'github_token', variables: { GITHUB_TOKEN: { field: 'token', required: true } } }],
  accepted_variants: {},
  capabilities: { auth: { required: true }, connection_test: true },
  config: {
    organization: {
      type: 'string',
      required: true,
      description: 'The organization to read, by its login.',
      pattern: '^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?$',
    },
    base_url: {
      type: 'url',
      required: false,
      description: `The REST API; ${DEFAULT_BASE_URL} unless it is a GitHub Enterprise Server or a data-residency host.`,
    },
    api_host: {
      type: 'string',
      required: false,
      description:
        'The host by which other systems address this API, when it is not that of base_url (an emulator, a proxy). Join keys are made with it.',
      pattern: '^[a-z0-9.-]{1,253}$',
    },
    oidc_issuer: {
      type: 'string',
      required: false,
      description: 'Host and path, without scheme, of the issuer of Actions tokens; derived from api_host when it is left out.',
      pattern: '^[a-z0-9.-]{1,253}(?:/[A-Za-z0-9._/-]{1,100})?$',
    },
    allow_private: {
      type: 'boolean',
      required: false,
      description: 'An operator allows private and loopback addresses: a server inside, an emulator. Off.',
    },
  },
  params: {
    repositories: {
      type: 'string[]',
      required: false,
      description:
        'Names of the repositories to read; one that is not found makes every category partial. All that the credential sees when it is left out.',
    },
  },
} as const satisfies ConnectorManifest;

/** What the Entra connector declares about itself (CONN-03, CRED-15). All reads are Microsoft Graph v1.0 GETs. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';

export const DEFAULT_GRAPH_URL = 'https://graph.microsoft.com';
export const DEFAULT_AUTHORITY_URL = 'https://login.microsoftonline.com';

const APPLICATIONS = 'Application.Read.All';
const USERS = 'User.Read.All';
const ROLES = 'RoleManagement.Read.Directory';
const GROUPS = 'GroupMember.Read.All';
/** No narrower application permission reads consents (Graph, "List oauth2PermissionGrants"). */
const GRANTS = 'Directory.Read.All';

export const PERMISSIONS = { applications: APPLICATIONS, users: USERS, roles: ROLES, groups: GROUPS, grants: GRANTS } as const;

export const entraManifest = {
  kind: 'entra',
  title: 'Microsoft Entra ID',
  source_system: 'entra',
  version: '1.0.0',
  categories: [
    {
      name: 'applications',
      title: 'App registrations and their owners',
      entities: ['identity/app_registration'],
      edges: ['OWNED_BY'],
      permissions: [APPLICATIONS],
    },
    {
      name: 'service_principals',
      title: 'Service principals and their owners',
      entities: ['identity/service_principal'],
      edges: ['INSTANCE_OF', 'OWNED_BY'],
      permissions: [APPLICATIONS],
    },
    {
      name: 'credentials',
      title: 'Client secrets and certificates (dates only)',
      entities: ['credential/client_secret', 'credential/certificate'],
      edges: ['HAS_CREDENTIAL'],
      permissions: [APPLICATIONS],
    },
    {
      name: 'federated_credentials',
      title: 'Federated identity credentials',
      entities: ['credential/federated_credential'],
      edges: ['TRUSTS_SUBJECT'],
      permissions: [APPLICATIONS],
    },
    {
      name: 'app_role_assignments',
      title: 'Application permissions that are granted',
      entities: ['permission/app_role', 'resource/api'],
      edges: ['GRANTS', 'APPLIES_TO'],
      permissions: [APPLICATIONS],
    },
    {
      name: 'delegated_grants',
      title: 'Delegated permissions that are consented to',
      entities: ['permission/delegated_grant', 'resource/api'],
      edges: ['GRANTS', 'APPLIES_TO'],
      permissions: [APPLICATIONS, GRANTS],
    },
    {
      name: 'directory_roles',
      title: 'Directory roles and who holds them',
      entities: ['role/directory_role', 'resource/directory'],
      edges: ['HAS_ROLE', 'MEMBER_OF', 'APPLIES_TO'],
      permissions: [ROLES],
    },
    {
      name: 'groups',
      title: 'Groups that hold roles, with their members',
      entities: ['identity/group'],
      edges: ['MEMBER_OF', 'OWNED_BY'],
      permissions: [APPLICATIONS, ROLES, GROUPS],
    },
    {
      name: 'users',
      title: 'Owners, members and role holders',
      entities: ['owner/user', 'owner/service_principal'],
      edges: [],
      permissions: [APPLICATIONS, ROLES, GROUPS, USERS],
    },
  ],
  credential_kinds: [
    {
      kind: 'entra_client_secret',
      variables: {
        AZURE_CLIENT_ID: { field: 'client_id', required: true, secret: false },
        AZURE_CLIENT_SECRET: { field: 'client_secret', required: true },
      },
    },
    {
      kind: 'entra_access_token',
      variables: { ENTRA_ACCESS_TOKEN: { field: 'access_token', required: true } },
    },
  ],
  accepted_variants: {},
  capabilities: { auth: { required: true }, connection_test: true },
  config: {
    tenant_id: {
      type: 'string',
      required: true,
      description: 'The directory (tenant) id. Tokens are asked of this directory only, and refused if they are of another.',
      pattern: '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$',
    },
    graph_url: {
      type: 'url',
      required: false,
      description: `Microsoft Graph; ${DEFAULT_GRAPH_URL} unless the directory is in a national cloud.`,
    },
    authority_url: {
      type: 'url',
      required: false,
      description: `Where tokens are asked for; ${DEFAULT_AUTHORITY_URL} unless the directory is in a national cloud.`,
    },
    allow_private: {
      type: 'boolean',
      required: false,
      description: 'An operator allows private and loopback addresses, for an emulator. Off.',
    },
  },
  params: {},
} as const satisfies ConnectorManifest;

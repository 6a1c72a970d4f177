/** What the ServiceNow connector declares about itself (CONN-03, CRED-15). All reads are Table API GETs. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';

export const servicenowManifest = {
  kind: 'servicenow',
  title: 'ServiceNow',
  source_system: 'servicenow',
  version: '1.0.0',
  categories: [
    {
      name: 'workloads',
      title: 'Flows, business rules, scheduled jobs and script includes, what starts them, and what they call',
      entities: ['resource/event_source', 'workload/flow', 'workload/business_rule', 'workload/scheduled_job', 'workload/script_include'],
      edges: ['TRIGGERED_BY', 'INVOKES', 'CALLS', 'RUNS_AS'],
      permissions: [
        'read: sc_cat_item',
        'read: sys_hub_flow',
        'read: sys_hub_trigger_instance',
        'read: sys_hub_trigger_instance_v2',
        'read: sys_hub_action_instance',
        'read: sys_hub_action_instance_v2',
        'read: sys_hub_step_instance',
        'read: sys_variable_value',
        'read: sys_script',
        'read: sysauto_script',
        'read: sys_script_include',
        'read: sys_rest_message',
        'read: sys_rest_message_fn',
        'read: sys_alias',
      ],
    },
    {
      name: 'connections',
      title: 'REST messages and functions, connection aliases',
      entities: ['connection/rest_message', 'connection/rest_function', 'connection/connection_alias'],
      edges: ['USES'],
      permissions: [
        'read: sys_rest_message',
        'read: sys_rest_message_fn',
        'read: sys_alias',
        'read: http_connection',
        'read: oauth_entity_profile',
        'read: jwt_provider',
      ],
    },
    {
      name: 'credentials',
      title: 'OAuth entities and profiles, basic profiles, stored credentials (never their values)',
      entities: ['credential/oauth_entity', 'credential/oauth_profile', 'credential/basic_auth_profile', 'credential/stored_credential'],
      edges: ['AUTHENTICATES_AS'],
      permissions: [
        'read: oauth_entity',
        'read: oauth_entity_profile',
        'read: jwt_provider',
        'read: sys_auth_profile_basic',
        'read: discovery_credentials',
        'read: oauth_2_0_credentials',
      ],
    },
    {
      name: 'users',
      title: 'Accounts that run something, integrate, or administer, with their roles',
      entities: ['identity/user'],
      edges: ['HAS_ROLE'],
      permissions: ['read: sys_user', 'read: sys_user_has_role', 'read: sysauto_script'],
    },
    {
      name: 'roles',
      title: 'Roles, and which contain which',
      entities: ['role/role'],
      edges: ['HAS_ROLE'],
      permissions: ['read: sys_user_role', 'read: sys_user_role_contains'],
    },
  ],
  credential_kinds: [
    {
      kind: 'username_password',
      variables: {
        SERVICENOW_USERNAME: { field: 'username', required: true, secret: false },
        SERVICENOW_PASSWORD: { field: 'password', required: true },
      },
    },
    {
      kind: 'servicenow_oauth_client',
      variables: {
        SERVICENOW_CLIENT_ID: { field: 'client_id', required: true, secret: false },
        SERVICENOW_CLIENT_SECRET: { field: 'client_secret', required: true },
      },
    },
    { kind: 'servicenow_access_token', variables: { SERVICENOW_ACCESS_TOKEN: { field: 'access_token', required: true } } },
  ],
  accepted_variants: {},
  capabilities: { auth: { required: true }, connection_test: true },
  config: {
    instance_url: { type: 'url', required: true, description: 'The instance, as https://example.service-now.com.' },
    allow_private: {
      type: 'boolean',
      required: false,
      description: 'An operator allows private and loopback addresses, for an emulator. Off.',
    },
  },
  params: {},
} as const satisfies ConnectorManifest;

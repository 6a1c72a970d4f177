/** Which tables are read, and which of their rows. */
import * as rows from './rows.ts';
import type { TableRequest } from './tables.ts';
import type { z } from 'zod';

const table = <Schema extends z.ZodObject>(
  name: string,
  row: Schema,
  more: Omit<TableRequest<Schema>, 'table' | 'row'> = {},
): TableRequest<Schema> => ({
  table: name,
  row,
  ...more,
});

/** The word by which a script reaches out; the instance looks for it, so that only scripts that have it are sent. */
const REACHES_OUT = 'RESTMessageV2';

export const CATALOG_ITEMS = table('sc_cat_item', rows.catalogItem, {
  query: 'flow_designer_flowISNOTEMPTY',
  needed: ['flow_designer_flow'],
});
export const FLOWS = table('sys_hub_flow', rows.flow, { needed: ['name', 'active'] });
/** Flows made before and after the second form of flow instances (`_v2`) live side by side in one release. */
export const FLOW_TRIGGERS = [
  table('sys_hub_trigger_instance', rows.flowTrigger, { needed: ['flow'] }),
  table('sys_hub_trigger_instance_v2', rows.flowTrigger, { needed: ['flow'], optional: true }),
] as const;
export const FLOW_ACTIONS = [
  table('sys_hub_action_instance', rows.flowAction, { needed: ['flow', 'action_type'] }),
  table('sys_hub_action_instance_v2', rows.flowAction, { needed: ['flow', 'action_type'], optional: true }),
] as const;
export const ACTION_STEPS = table('sys_hub_step_instance', rows.actionStep, { needed: ['action'] });
/** The script of a script step is the value of one of its variables. */
export const STEP_SCRIPTS = table('sys_variable_value', rows.stepValue, {
  query: `document=sys_hub_step_instance^valueLIKE${REACHES_OUT}`,
  needed: ['document_key', 'value'],
});
/** A step that names a connection alias holds the alias's sys_id as a value. */
export const stepsNaming = (aliases: readonly string[]) =>
  table('sys_variable_value', rows.stepAlias, {
    query: `document=sys_hub_step_instance^valueIN${aliases.join(',')}`,
    needed: ['document_key', 'value'],
  });
export const BUSINESS_RULES = table('sys_script', rows.businessRule, { needed: ['script'] });
export const SCHEDULED_JOBS = table('sysauto_script', rows.scheduledJob, { needed: ['run_as', 'script'] });
export const SCRIPT_INCLUDES = table('sys_script_include', rows.scriptInclude, { query: `scriptLIKE${REACHES_OUT}`, needed: ['script'] });

export const REST_MESSAGES = table('sys_rest_message', rows.restMessage, { needed: ['authentication_type', 'rest_endpoint'] });
export const REST_FUNCTIONS = table('sys_rest_message_fn', rows.restFunction, {
  needed: ['authentication_type', 'rest_endpoint', 'rest_message'],
});
export const ALIASES = table('sys_alias', rows.alias);
export const HTTP_CONNECTIONS = table('http_connection', rows.httpConnection, { needed: ['connection_alias', 'credential'] });

export const OAUTH_ENTITIES = table('oauth_entity', rows.oauthEntity, { needed: ['type', 'client_id', 'token_url'] });
export const OAUTH_PROFILES = table('oauth_entity_profile', rows.oauthProfile, { needed: ['oauth_entity'] });
export const JWT_PROVIDERS = table('jwt_provider', rows.jwtProvider, { optional: true });
export const BASIC_PROFILES = table('sys_auth_profile_basic', rows.basicProfile);
export const STORED_CREDENTIALS = table('discovery_credentials', rows.storedCredential);
export const OAUTH_CREDENTIALS = table('oauth_2_0_credentials', rows.oauthCredential, { needed: ['oauth_entity_profile'] });

export const ROLES = table('sys_user_role', rows.role, { needed: ['name'] });
export const ROLE_CONTAINS = table('sys_user_role_contains', rows.roleContains, { needed: ['role', 'contains'] });

/** Roles that administer the instance, its access rules, its users or its credentials (ServiceNow docs, "Base system roles"). */
const ADMINISTERING = [
  'admin',
  'security_admin',
  'user_admin',
  'impersonator',
  'oauth_admin',
  'credential_admin',
  'web_service_admin',
  'flow_designer',
];
const USER_NEEDED = ['user_name', 'active', 'last_login_time', 'web_service_access_only', 'internal_integration_user'] as const;

/**
 * Who holds an administering role, and every role of accounts that integrate. Employees with a role of their trade are left out: there can
 * be a hundred thousand, and what they run is what the job's own account is read for.
 */
export const NOTABLE_ROLE_GRANTS = table('sys_user_has_role', rows.userRole, {
  query: `role.nameIN${ADMINISTERING.join(',')}^ORuser.web_service_access_only=true^ORuser.internal_integration_user=true`,
  needed: ['user', 'role'],
});
export const INTEGRATION_USERS = table('sys_user', rows.user, {
  query: 'web_service_access_only=true^ORinternal_integration_user=true',
  needed: USER_NEEDED,
});
export const usersById = (ids: readonly string[]) =>
  table('sys_user', rows.user, { query: `sys_idIN${ids.join(',')}`, needed: USER_NEEDED });
export const rolesOfUsers = (ids: readonly string[]) =>
  table('sys_user_has_role', rows.userRole, { query: `userIN${ids.join(',')}`, needed: ['user', 'role'] });

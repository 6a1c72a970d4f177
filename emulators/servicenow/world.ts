/** The instance of Northwind Robotics: the story's catalog item, what makes rules fire beside it, and ordinary rows to page through. */
import { NORTHWIND } from '../story.ts';
import { administration } from './administration.ts';
import { type Row, row, sysId, Tables } from './tables.ts';

const { entra, github, servicenow } = NORTHWIND;

/** Text that only a client that keeps too much can bring home. */
export const SERVICENOW_CANARIES = {
  script: 'CANARY-snow-script-pw-31c7',
  stepScript: 'CANARY-snow-step-key-7d02',
  clientSecret: 'CANARY-snow-client-secret-55ab',
  password: 'CANARY-snow-basic-password-19fe',
  query: 'CANARY-snow-query-key-a0c4',
  header: 'CANARY-snow-header-e6b3',
} as const;

/** sys_ids that tests and the demo point at. */
export const NORTHWIND_SERVICENOW_IDS = {
  flow: sysId('sys_hub_flow Refresh customer dashboard'),
  dispatchFunction: sysId('sys_rest_message_fn dispatch customer-sync'),
  githubProfile: sysId('oauth_entity_profile GitHub Actions'),
  graphFunction: sysId('sys_rest_message_fn get usage report'),
  graphProfile: sysId('oauth_entity_profile Microsoft Graph reports'),
  erpMessage: sysId('sys_rest_message Legacy ERP'),
  nightlyJob: sysId('sysauto_script Nightly usage report'),
  dispatchInclude: sysId('sys_script_include DispatchUtil'),
  dispatchRule: sysId('sys_script Sync customer on change'),
  billingAlias: sysId('sys_alias Billing'),
  billingFlow: sysId('sys_hub_flow Post invoices'),
  billingCredential: sysId('discovery_credentials Billing OAuth'),
} as const;
const ids = NORTHWIND_SERVICENOW_IDS;
const DISPATCH = `https://api.github.com/repos/${github.organization}/${github.syncRepository.name}/actions/workflows/${github.syncRepository.workflow}/dispatches`;
const CALL_DISPATCH = "new sn_ws.RESTMessageV2('GitHub Actions', 'dispatch customer-sync')";

export function northwindInstance(now: Date): Tables {
  const people = administration(now);
  return new Tables({ ...flows(), ...scripts(people.departed, people.reporting), ...outbound(), ...signIn(), ...people.tables });
}

function flows(): Record<string, readonly Row[]> {
  const action = sysId('sys_hub_action_type_definition Dispatch workflow');
  const billing = sysId('sys_hub_action_type_definition Post to billing');
  const step = sysId('sys_hub_step_instance Dispatch workflow');
  const billingStep = sysId('sys_hub_step_instance Post to billing');
  return {
    sc_cat_item: [
      row('sc_cat_item', servicenow.catalogItem.name, {
        sys_id: servicenow.catalogItem.sys_id,
        active: 'true',
        flow_designer_flow: ids.flow,
        short_description: SERVICENOW_CANARIES.header,
      }),
      ...['Laptop', 'Badge', 'Desk plant'].map((name) => row('sc_cat_item', name, { active: 'true', flow_designer_flow: '' })),
    ],
    sys_hub_flow: [
      row('sys_hub_flow', 'Refresh customer dashboard', { active: 'true', status: 'published', type: 'flow', run_as: 'system' }),
      row('sys_hub_flow', 'Post invoices', { active: 'true', status: 'published', type: 'flow', run_as: 'system' }),
      ...Array.from({ length: 14 }, (_, index) =>
        row('sys_hub_flow', `Approval ${index + 1}`, {
          active: index % 4 === 0 ? 'false' : 'true',
          status: index % 4 === 0 ? 'draft' : 'published',
          type: index % 3 === 0 ? 'subflow' : 'flow',
          run_as: 'user',
        }),
      ),
    ],
    sys_hub_trigger_instance: [row('sys_hub_trigger_instance', 'Service Catalog', { flow: ids.flow, trigger_type: 'service_catalog' })],
    sys_hub_trigger_instance_v2: [row('sys_hub_trigger_instance_v2', 'Daily', { flow: ids.billingFlow, trigger_type: 'daily' })],
    sys_hub_action_instance: [row('sys_hub_action_instance', 'Dispatch workflow', { flow: ids.flow, action_type: action })],
    sys_hub_action_instance_v2: [row('sys_hub_action_instance_v2', 'Post to billing', { flow: ids.billingFlow, action_type: billing })],
    sys_hub_step_instance: [
      row('sys_hub_step_instance', 'Dispatch workflow', { sys_id: step, action }),
      row('sys_hub_step_instance', 'Post to billing', { sys_id: billingStep, action: billing }),
    ],
    sys_variable_value: [
      row('sys_variable_value', 'script', {
        document: 'sys_hub_step_instance',
        document_key: step,
        value: `var key = '${SERVICENOW_CANARIES.stepScript}'; ${CALL_DISPATCH}.execute();`,
      }),
      row('sys_variable_value', 'connection', { document: 'sys_hub_step_instance', document_key: billingStep, value: ids.billingAlias }),
      row('sys_variable_value', 'label', { document: 'sys_hub_step_instance', document_key: billingStep, value: 'something else' }),
    ],
  };
}

function scripts(departed: string, reporting: string): Record<string, readonly Row[]> {
  const secret = `var password = '${SERVICENOW_CANARIES.script}';`;
  const callGraph = "var r = new sn_ws.RESTMessageV2('Microsoft Graph reports', 'get usage report'); r.execute();";
  return {
    sys_script_include: [
      row('sys_script_include', 'DispatchUtil', {
        api_name: 'global.DispatchUtil',
        active: 'true',
        access: 'public',
        script: `${secret} ${CALL_DISPATCH}.executeAsync();`,
      }),
      row('sys_script_include', 'DateUtil', { api_name: 'global.DateUtil', active: 'true', access: 'public', script: secret }),
    ],
    sys_script: [
      row('sys_script', 'Sync customer on change', {
        active: 'true',
        collection: 'customer_account',
        when: 'async',
        script: `${secret} new DispatchUtil().run(current);`,
      }),
      row('sys_script', 'Post to ERP', {
        active: 'true',
        collection: 'customer_account',
        when: 'after',
        script: `new sn_ws.RESTMessageV2("Legacy ERP", "post order").execute();`,
      }),
      ...Array.from({ length: 40 }, (_, index) =>
        row('sys_script', `Set defaults ${index + 1}`, {
          active: 'true',
          collection: 'incident',
          when: 'before',
          script: `current.urgency = 2; // ${secret}`,
        }),
      ),
    ],
    sysauto_script: [
      row('sysauto_script', 'Nightly usage report', {
        active: 'true',
        run_as: departed,
        run_type: 'daily',
        script: `${secret} ${callGraph}`,
      }),
      row('sysauto_script', 'Weekly usage report', { active: 'true', run_as: reporting, run_type: 'weekly', script: callGraph }),
      row('sysauto_script', 'Clean up', { active: 'true', run_as: reporting, run_type: 'monthly', script: 'gs.info("clean");' }),
    ],
  };
}

function outbound(): Record<string, readonly Row[]> {
  const github_ = sysId('sys_rest_message GitHub Actions');
  const graph = sysId('sys_rest_message Microsoft Graph reports');
  const inherited = { authentication_type: 'inherit_from_parent', oauth2_profile: '', basic_auth_profile: '' };
  const fn = (name: string, message: string, http_method: string, rest_endpoint: string, more: Record<string, string> = {}): Row =>
    row('sys_rest_message_fn', name, { function_name: name, rest_message: message, http_method, rest_endpoint, ...inherited, ...more });
  return {
    sys_rest_message: [
      row('sys_rest_message', 'GitHub Actions', {
        rest_endpoint: 'https://api.github.com',
        authentication_type: 'oauth2',
        oauth2_profile: ids.githubProfile,
        basic_auth_profile: '',
      }),
      row('sys_rest_message', 'Microsoft Graph reports', {
        rest_endpoint: 'https://graph.microsoft.com/v1.0/reports',
        authentication_type: 'oauth2',
        oauth2_profile: ids.graphProfile,
        basic_auth_profile: '',
      }),
      row('sys_rest_message', 'Legacy ERP', {
        rest_endpoint: `https://erp.northwind-robotics.example/api?key=${SERVICENOW_CANARIES.query}`,
        authentication_type: 'basic',
        oauth2_profile: '',
        basic_auth_profile: sysId('sys_auth_profile_basic ERP'),
        basic_auth_password: SERVICENOW_CANARIES.password,
      }),
      row('sys_rest_message', 'Public holidays', {
        rest_endpoint: 'https://holidays.example/v1',
        authentication_type: 'no_authentication',
        oauth2_profile: '',
        basic_auth_profile: '',
      }),
    ],
    sys_rest_message_fn: [
      fn('dispatch customer-sync', github_, 'post', DISPATCH, { content: `{"ref":"main","token":"${SERVICENOW_CANARIES.header}"}` }),
      fn('get usage report', graph, 'get', "https://graph.microsoft.com/v1.0/reports/getOffice365ActiveUserDetail(period='D7')"),
      fn('post order', ids.erpMessage, 'post', `https://erp.northwind-robotics.example/api/orders?key=${SERVICENOW_CANARIES.query}`),
      fn('list', sysId('sys_rest_message Public holidays'), 'get', ''),
    ],
    sys_alias: [row('sys_alias', 'Billing', { id: 'x_nw.Billing', type: 'connection' })],
    http_connection: [
      row('http_connection', 'Billing', {
        active: 'true',
        connection_alias: ids.billingAlias,
        credential: ids.billingCredential,
        connection_url: 'https://billing.example/api',
      }),
    ],
  };
}

function signIn(): Record<string, readonly Row[]> {
  const tokenUrl = `https://login.microsoftonline.com/${entra.tenantId}/oauth2/v2.0/token`;
  const entity = (name: string, type: string, client_id: string, token_url: string, grant: string): Row =>
    row('oauth_entity', name, {
      active: 'true',
      type,
      client_id,
      token_url,
      default_grant_type: grant,
      client_secret: SERVICENOW_CANARIES.clientSecret,
    });
  const profile = (name: string, grant: string, jwt_provider = ''): Row =>
    row('oauth_entity_profile', name, { oauth_entity: sysId(`oauth_entity ${name}`), grant_type: grant, jwt_provider });
  const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return {
    oauth_entity: [
      entity(
        'GitHub Actions',
        'oauth_provider',
        'Iv23liNorthwind',
        `https://api.github.com/app/installations/${github.installationId}/access_tokens`,
        jwtBearer,
      ),
      entity('Microsoft Graph reports', 'oauth_provider', entra.graphReporting.appId, tokenUrl, 'client_credentials'),
      entity('Billing', 'oauth_provider', 'billing-client', 'https://billing.example/oauth/token', 'client_credentials'),
      // A client of this instance: its id means nothing elsewhere, even where it happens to be one of Entra's.
      entity('Mobile app', 'client', entra.customerSync.appId, tokenUrl, 'password'),
    ],
    oauth_entity_profile: [
      profile('GitHub Actions', jwtBearer, sysId('jwt_provider GitHub App')),
      profile('Microsoft Graph reports', 'client_credentials'),
      profile('Billing', 'client_credentials'),
      profile('Mobile app', 'password'),
    ],
    jwt_provider: [row('jwt_provider', 'GitHub App', { iss: String(github.appId), aud: '' })],
    sys_auth_profile_basic: [row('sys_auth_profile_basic', 'ERP', { username: 'svc-erp', password: SERVICENOW_CANARIES.password })],
    discovery_credentials: [
      row('discovery_credentials', 'Billing OAuth', { active: 'true', type: 'oauth_2_0', user_name: '' }),
      row('discovery_credentials', 'Windows scanner', {
        active: 'true',
        type: 'windows',
        user_name: 'nw\\scanner',
        password: SERVICENOW_CANARIES.password,
      }),
    ],
    oauth_2_0_credentials: [row('discovery_credentials', 'Billing OAuth', { oauth_entity_profile: sysId('oauth_entity_profile Billing') })],
  };
}

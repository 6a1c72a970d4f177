/**
 * Rows of the Table API, of each table the columns that the connector asks for. Values come as strings (`"true"`, a sys_id, `""` for
 * nothing). A column that is not in the row at all is hidden by an access rule, or unknown to this release.
 */
import { z } from 'zod';
import { scriptReferences } from './scripts.ts';

const id = z.string().regex(/^[0-9a-f]{32}$/);
/** Empty is nothing. */
const string = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));
const boolean = z
  .string()
  .optional()
  .transform((value) => (value === 'true' ? true : value === 'false' ? false : undefined));
/** Empty means "never" here; `undefined`, that the column is not in the row. */
const sometimes = z
  .string()
  .optional()
  .transform((value) => (value === '' ? null : value));
/** A reference to another row; with `sysparm_exclude_reference_link` a plain sys_id. */
const reference = string;
/** A script is read for what it names and dropped here: no converter, cell or log ever sees its text (DATA-09). */
const script = z
  .string()
  .optional()
  .transform((value) => scriptReferences(value ?? ''));

const row = { sys_id: id, name: string };

export const catalogItem = z.object({ ...row, active: boolean, flow_designer_flow: reference });
export type CatalogItem = z.infer<typeof catalogItem>;

export const flow = z.object({ ...row, active: boolean, status: string, type: string, run_as: string });
export type Flow = z.infer<typeof flow>;

export const flowTrigger = z.object({ ...row, flow: reference, trigger_type: string });
export type FlowTrigger = z.infer<typeof flowTrigger>;

export const flowAction = z.object({ sys_id: id, flow: reference, action_type: reference });
export const actionStep = z.object({ sys_id: id, action: reference });
export const stepValue = z.object({ sys_id: id, document_key: reference, value: script });
/** Asked for where the value is known to be the sys_id of an alias. */
export const stepAlias = z.object({ sys_id: id, document_key: reference, value: reference });

export const businessRule = z.object({ ...row, active: boolean, collection: string, when: string, script });
export type BusinessRule = z.infer<typeof businessRule>;

export const scheduledJob = z.object({ ...row, active: boolean, run_as: reference, run_type: string, script });
export type ScheduledJob = z.infer<typeof scheduledJob>;

export const scriptInclude = z.object({ ...row, active: boolean, api_name: string, access: string, script });
export type ScriptInclude = z.infer<typeof scriptInclude>;

const outbound = { rest_endpoint: string, authentication_type: string, oauth2_profile: reference, basic_auth_profile: reference };
export const restMessage = z.object({ ...row, ...outbound });
export type RestMessage = z.infer<typeof restMessage>;
export const restFunction = z.object({ sys_id: id, function_name: string, rest_message: reference, http_method: string, ...outbound });
export type RestFunction = z.infer<typeof restFunction>;

export const alias = z.object({ ...row, id: string, type: string });
export type Alias = z.infer<typeof alias>;
export const httpConnection = z.object({
  ...row,
  active: boolean,
  connection_alias: reference,
  credential: reference,
  connection_url: string,
});
export type HttpConnection = z.infer<typeof httpConnection>;

export const oauthEntity = z.object({
  ...row,
  active: boolean,
  type: string,
  client_id: string,
  token_url: string,
  default_grant_type: string,
});
export type OauthEntity = z.infer<typeof oauthEntity>;
export const oauthProfile = z.object({ ...row, oauth_entity: reference, grant_type: string, jwt_provider: reference });
export type OauthProfile = z.infer<typeof oauthProfile>;
export const jwtProvider = z.object({ ...row, iss: string, aud: string });
export type JwtProvider = z.infer<typeof jwtProvider>;
export const basicProfile = z.object({ ...row, username: string });
export type BasicProfile = z.infer<typeof basicProfile>;
export const storedCredential = z.object({ ...row, active: boolean, type: string, user_name: string });
export type StoredCredential = z.infer<typeof storedCredential>;

/** The OAuth kind of stored credentials, which names its profile. */
export const oauthCredential = z.object({ sys_id: id, oauth_entity_profile: reference });
export type OauthCredential = z.infer<typeof oauthCredential>;

export const user = z.object({
  ...row,
  user_name: string,
  active: boolean,
  locked_out: boolean,
  sys_created_on: string,
  last_login_time: sometimes,
  web_service_access_only: boolean,
  internal_integration_user: boolean,
});
export type User = z.infer<typeof user>;
export const userRole = z.object({ sys_id: id, user: reference, role: reference, inherited: boolean });
export type UserRole = z.infer<typeof userRole>;
export const role = z.object({ ...row, elevated_privilege: boolean });
export type Role = z.infer<typeof role>;
export const roleContains = z.object({ sys_id: id, role: reference, contains: reference });
export type RoleContains = z.infer<typeof roleContains>;

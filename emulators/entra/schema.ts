/** Which fields each type has: Graph refuses to select one that it does not know. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  application: [
    'id',
    'appId',
    'displayName',
    'createdDateTime',
    'signInAudience',
    'tags',
    'passwordCredentials',
    'keyCredentials',
    'appRoles',
    'notes',
    'web',
    'identifierUris',
  ],
  servicePrincipal: [
    'id',
    'appId',
    'displayName',
    'accountEnabled',
    'servicePrincipalType',
    'appOwnerOrganizationId',
    'tags',
    'appRoles',
    'passwordCredentials',
    'keyCredentials',
    'notes',
    'loginUrl',
    'homepage',
  ],
  user: ['id', 'displayName', 'userPrincipalName', 'accountEnabled', 'userType', 'mail', 'mobilePhone', 'jobTitle'],
  group: ['id', 'displayName', 'securityEnabled', 'mailEnabled', 'isAssignableToRole', 'description'],
  directoryObject: ['id', 'displayName', 'userPrincipalName', 'accountEnabled', 'userType', 'appId'],
  federatedIdentityCredential: ['id', 'name', 'issuer', 'subject', 'audiences', 'description'],
  appRoleAssignment: [
    'id',
    'appRoleId',
    'createdDateTime',
    'principalDisplayName',
    'principalId',
    'principalType',
    'resourceDisplayName',
    'resourceId',
  ],
  oAuth2PermissionGrant: ['id', 'clientId', 'consentType', 'principalId', 'resourceId', 'scope'],
  unifiedRoleDefinition: ['id', 'templateId', 'displayName', 'isBuiltIn', 'isEnabled', 'description'],
  unifiedRoleAssignment: ['id', 'principalId', 'roleDefinitionId', 'directoryScopeId', 'appScopeId'],
};

/** What the beta version knows beside. */
const BETA_FIELDS: Readonly<Record<string, readonly string[]>> = { federatedIdentityCredential: ['claimsMatchingExpression'] };

export type GraphVersion = 'v1.0' | 'beta';

/** What is not in the answer unless it is selected (Graph, "List applications"; the beta's own fields, so that v1.0 never has them). */
export const ONLY_WHEN_SELECTED: ReadonlySet<string> = new Set(['keyCredentials', ...Object.values(BETA_FIELDS).flat()]);

/** An answer that is an error, in Graph's shape. */
export class GraphRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** `a,b,c` of `$select`, checked against the type; null when there is none. */
export function checkedSelect(select: string | null, type: string, version: GraphVersion = 'v1.0'): readonly string[] | null {
  if (select === null || select === '') return null;
  const fields = select.split(',');
  const known = new Set([...(FIELDS[type] ?? []), ...(version === 'beta' ? (BETA_FIELDS[type] ?? []) : [])]);
  for (const field of fields) {
    if (!known.has(field)) {
      throw new GraphRefusal(400, 'BadRequest', `Could not find a property named '${field}' on type 'microsoft.graph.${type}'.`);
    }
  }
  return fields;
}

export function project(object: Readonly<Record<string, unknown>>, fields: readonly string[] | null): Record<string, unknown> {
  const kept = fields ?? Object.keys(object).filter((field) => !ONLY_WHEN_SELECTED.has(field));
  return Object.fromEntries(['@odata.type', ...kept].flatMap((field) => (field in object ? [[field, object[field]]] : [])));
}

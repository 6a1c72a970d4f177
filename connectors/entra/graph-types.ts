/**
 * The parts of Microsoft Graph v1.0 objects that the connector selects. Parsing keeps only what is named here, so a secret's hint or a
 * certificate's bytes are gone before any converter runs (DATA-09). Everything but ids may be missing or null: Graph answers `null` for
 * what the caller may not see.
 */
import { z } from 'zod';

const string = z.string().nullish();
const boolean = z.boolean().nullish();
const id = z.string().min(1);

/** A member of a relation (`owners`, `members`, `principal`): what it is, and which one. */
export const graphReference = z.object({ '@odata.type': string, id });
export type GraphReference = z.infer<typeof graphReference>;
const references = z.array(graphReference).nullish();

export const graphApplication = z.object({
  id,
  appId: id,
  displayName: string,
  createdDateTime: string,
  signInAudience: string,
  owners: references,
});
export type GraphApplication = z.infer<typeof graphApplication>;

export const graphAppRole = z.object({ id, value: string, displayName: string, isEnabled: boolean });
export type GraphAppRole = z.infer<typeof graphAppRole>;

export const graphServicePrincipal = z.object({
  id,
  appId: string,
  displayName: string,
  accountEnabled: boolean,
  servicePrincipalType: string,
  appOwnerOrganizationId: string,
  tags: z.array(z.string()).nullish(),
  appRoles: z.array(graphAppRole).nullish(),
  owners: references,
});
export type GraphServicePrincipal = z.infer<typeof graphServicePrincipal>;

/** `customKeyIdentifier` ties the parts of a signing certificate together; it goes no further than that. */
const graphPasswordCredential = z.object({
  keyId: id,
  displayName: string,
  startDateTime: string,
  endDateTime: string,
  customKeyIdentifier: string,
});
export type GraphPasswordCredential = z.infer<typeof graphPasswordCredential>;

const graphKeyCredential = graphPasswordCredential.extend({ type: string, usage: string });
export type GraphKeyCredential = z.infer<typeof graphKeyCredential>;

/** An application or a service principal, read for its secrets and certificates. */
export const graphKeyHolder = z.object({
  id,
  passwordCredentials: z.array(graphPasswordCredential).nullish(),
  keyCredentials: z.array(graphKeyCredential).nullish(),
});
export type GraphKeyHolder = z.infer<typeof graphKeyHolder>;

export const graphFederatedCredential = z.object({
  id,
  name: string,
  issuer: string,
  /** Null where an expression decides instead. */
  subject: string,
  audiences: z.array(z.string()).nullish(),
  /** Of the beta version; `catch`: a preview may change its form, and one odd expression must not cost the category. */
  claimsMatchingExpression: z.object({ value: string, languageVersion: z.number().nullish() }).nullish().catch(null),
});
export type GraphFederatedCredential = z.infer<typeof graphFederatedCredential>;

export const graphFederatedHolder = z.object({ id, federatedIdentityCredentials: z.array(graphFederatedCredential).nullish() });
export type GraphFederatedHolder = z.infer<typeof graphFederatedHolder>;

export const graphAppRoleAssignment = z.object({
  id,
  appRoleId: id,
  principalId: id,
  principalType: string,
  resourceId: id,
  createdDateTime: string,
});
export type GraphAppRoleAssignment = z.infer<typeof graphAppRoleAssignment>;

export const graphPermissionGrant = z.object({
  id,
  clientId: id,
  consentType: string,
  principalId: string,
  resourceId: id,
  scope: string,
});
export type GraphPermissionGrant = z.infer<typeof graphPermissionGrant>;

export const graphRoleDefinition = z.object({ id, templateId: string, displayName: string, isBuiltIn: boolean, isEnabled: boolean });
export type GraphRoleDefinition = z.infer<typeof graphRoleDefinition>;

export const graphRoleAssignment = z.object({
  id,
  principalId: id,
  roleDefinitionId: id,
  directoryScopeId: string,
  principal: graphReference.nullish(),
});
export type GraphRoleAssignment = z.infer<typeof graphRoleAssignment>;

export const graphGroup = z.object({ id, displayName: string, securityEnabled: boolean, isAssignableToRole: boolean });
export type GraphGroup = z.infer<typeof graphGroup>;

export const graphUser = z.object({ id, displayName: string, userPrincipalName: string, accountEnabled: boolean, userType: string });
export type GraphUser = z.infer<typeof graphUser>;

/**
 * What counts as privileged, in one place. Everything that speaks of privilege reads these tables.
 * In AWS it is decided from policies (`lib/iam`): administration or an open escalation method.
 */

/** Microsoft Graph's own application id, the same in every directory. */
export const MICROSOFT_GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/**
 * Application permissions of Microsoft Graph by which an application can give itself, or an identity that it controls, more.
 * Source: Microsoft Graph permissions reference, and the "tier 0" list of https://github.com/emiliensocchi/azure-tiering, of which
 * only those are taken whose way to more authority needs nothing but the permission.
 */
export const SELF_GRANTING_GRAPH_ROLES: ReadonlySet<string> = new Set([
  'AppRoleAssignment.ReadWrite.All',
  'Application.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Domain.ReadWrite.All',
  'EntitlementManagement.ReadWrite.All',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Organization.ReadWrite.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.PermissionGrant',
  'PrivilegedAccess.ReadWrite.AzureADGroup',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'RoleAssignmentSchedule.ReadWrite.Directory',
  'RoleEligibilitySchedule.ReadWrite.Directory',
  'RoleManagement.ReadWrite.Directory',
  'RoleManagementPolicy.ReadWrite.Directory',
  'User-PasswordProfile.ReadWrite.All',
  'UserAuthenticationMethod.ReadWrite.All',
]);

/** Further application permissions that reach everyone's data: privileged, though they grant nothing more. */
export const BROAD_GRAPH_ROLES: ReadonlySet<string> = new Set([
  'Files.ReadWrite.All',
  'Mail.ReadWrite',
  'Mail.Send',
  'Sites.FullControl.All',
  'User.ReadWrite.All',
]);

/** Template ids of Entra directory roles, beside those that the source itself labels (`is_privileged`). */
export const PRIVILEGED_DIRECTORY_ROLES: ReadonlySet<string> = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
  '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2', // Hybrid Identity Administrator
]);

/** ServiceNow roles that administer the instance, its access rules or its users (ServiceNow docs, "Base system roles"). */
export const PRIVILEGED_SERVICENOW_ROLES: ReadonlySet<string> = new Set([
  'admin',
  'security_admin',
  'user_admin',
  'impersonator',
  'oauth_admin',
]);

/** Permissions of a GitHub App with which it can change code that runs, who may do what, or the secrets that jobs get. */
export const PRIVILEGED_GITHUB_PERMISSIONS: ReadonlySet<string> = new Set([
  'actions:write',
  'administration:write',
  'contents:write',
  'members:write',
  'organization_administration:write',
  'organization_secrets:write',
  'organization_self_hosted_runners:write',
  'secrets:write',
  'workflows:write',
]);

/** Scopes of a delegated grant that only sign a person in and read that person's own profile. */
export const SIGN_IN_SCOPES: ReadonlySet<string> = new Set(['email', 'offline_access', 'openid', 'profile', 'User.Read']);

/** Classification tags that make a resource sensitive; compared in lower case, `_` and spaces as `-`. */
export const SENSITIVE_CLASSIFICATIONS: ReadonlySet<string> = new Set([
  'confidential',
  'customer',
  'customer-data',
  'financial',
  'highly-confidential',
  'pci',
  'personal-data',
  'phi',
  'pii',
  'restricted',
  'secret',
  'sensitive',
]);

/** Environment labels, lower case. A name is never guessed from; only an `environment` prop is read. */
export const PRODUCTION: ReadonlySet<string> = new Set(['live', 'prd', 'prod', 'production']);
export const NON_PRODUCTION: ReadonlySet<string> = new Set([
  'acceptance',
  'dev',
  'development',
  'integration',
  'int',
  'lab',
  'non-prod',
  'nonprod',
  'preprod',
  'preview',
  'qa',
  'sandbox',
  'sbx',
  'stage',
  'staging',
  'test',
  'testing',
  'uat',
]);

/** How a recovery or break-glass principal is told: its own declaration first, then the names that such principals have by custom. */
export const RECOVERY_PURPOSES: ReadonlySet<string> = new Set(['break-glass', 'breakglass', 'emergency-access', 'recovery']);
export const RECOVERY_NAME =
  /(?:^|[^a-z])(?:break[-_ ]?glass|emergency[-_ ]?access|recovery[-_ ]?(?:access|account|admin|principal|role|user))(?:[^a-z]|$)/i;

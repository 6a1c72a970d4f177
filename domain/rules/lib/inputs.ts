/** The categories that rules rest on, named once; a test holds them against the connectors' manifests. */
import type { RuleInput } from '../types.ts';

const input = (source_system: string, category: string): RuleInput => ({ source_system, category });

export const AWS_IAM = input('aws', 'iam');
export const AWS_LAMBDA = input('aws', 'lambda');

export const ENTRA_APPLICATIONS = input('entra', 'applications');
export const ENTRA_SERVICE_PRINCIPALS = input('entra', 'service_principals');
export const ENTRA_CREDENTIALS = input('entra', 'credentials');
export const ENTRA_FEDERATED_CREDENTIALS = input('entra', 'federated_credentials');
export const ENTRA_APP_ROLE_ASSIGNMENTS = input('entra', 'app_role_assignments');
export const ENTRA_DELEGATED_GRANTS = input('entra', 'delegated_grants');
export const ENTRA_DIRECTORY_ROLES = input('entra', 'directory_roles');
export const ENTRA_GROUPS = input('entra', 'groups');
export const ENTRA_USERS = input('entra', 'users');

export const GITHUB_WORKFLOWS = input('github', 'workflows');
export const GITHUB_REPOSITORIES = input('github', 'repositories');
export const GITHUB_DEPLOY_KEYS = input('github', 'deploy_keys');
export const GITHUB_INSTALLATIONS = input('github', 'installations');

export const SERVICENOW_WORKLOADS = input('servicenow', 'workloads');
export const SERVICENOW_CONNECTIONS = input('servicenow', 'connections');
export const SERVICENOW_CREDENTIALS = input('servicenow', 'credentials');
export const SERVICENOW_USERS = input('servicenow', 'users');
export const SERVICENOW_ROLES = input('servicenow', 'roles');

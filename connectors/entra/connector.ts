/** The Entra connector: what `connectors/sdk/run.ts` runs. */
import type { ConnectorDefinition } from '../sdk/types.ts';
import { entraChecks } from './checks.ts';
import { connectEntra, type EntraClient, type EntraTuning } from './client.ts';
import { entraManifest } from './manifest.ts';
import { applications, credentials, federatedCredentials, servicePrincipals } from './steps/applications.ts';
import { groups, users } from './steps/people.ts';
import { appRoleAssignments, delegatedGrants, directoryRoles } from './steps/permissions.ts';

/** With another patience than the default one. */
export function entraConnectorWith(tuning: EntraTuning): ConnectorDefinition<EntraClient> {
  return {
    manifest: entraManifest,
    connect: (scope, env) => connectEntra(scope, env, tuning),
    checks: entraChecks,
    steps: {
      applications,
      service_principals: servicePrincipals,
      credentials,
      federated_credentials: federatedCredentials,
      app_role_assignments: appRoleAssignments,
      delegated_grants: delegatedGrants,
      directory_roles: directoryRoles,
      groups,
      users,
    },
  };
}

export const entraConnector: ConnectorDefinition<EntraClient> = entraConnectorWith({});

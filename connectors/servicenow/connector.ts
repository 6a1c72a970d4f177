/** The ServiceNow connector: what `connectors/sdk/run.ts` runs. */
import type { ConnectorDefinition } from '../sdk/types.ts';
import { servicenowChecks } from './checks.ts';
import { connectServicenow, type ServicenowClient, type ServicenowTuning } from './client.ts';
import { servicenowManifest } from './manifest.ts';
import { connections, credentials } from './steps/connections.ts';
import { roles, users } from './steps/people.ts';
import { workloads } from './steps/workloads.ts';

/** With another patience or page size than the default one. */
export function servicenowConnectorWith(tuning: ServicenowTuning): ConnectorDefinition<ServicenowClient> {
  return {
    manifest: servicenowManifest,
    connect: (scope, env) => connectServicenow(scope, env, tuning),
    checks: servicenowChecks,
    steps: { workloads, connections, credentials, users, roles },
  };
}

export const servicenowConnector: ConnectorDefinition<ServicenowClient> = servicenowConnectorWith({});

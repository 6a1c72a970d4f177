/**
 * Reads by globally unique id, for callers who name a run or an instance and not its tenant: the row says whose it is, and every
 * read after that is tenant-scoped (CRED-05).
 */
import { instanceId, type InstanceId, runId, type RunId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import { mappingErrors } from './errors.ts';

export interface Lookups {
  tenantOfRun(run: RunId): Promise<TenantId | null>;
  tenantOfInstance(instance: InstanceId): Promise<TenantId | null>;
}

export function createLookups({ scanRuns, connectorInstances }: Pick<Collections, 'scanRuns' | 'connectorInstances'>): Lookups {
  return mappingErrors<Lookups>('lookups', {
    tenantOfRun: async (run) => (await scanRuns.findOne({ _id: runId(run) }, { projection: { tenant_id: 1 } }))?.tenant_id ?? null,
    tenantOfInstance: async (instance) =>
      (await connectorInstances.findOne({ _id: instanceId(instance) }, { projection: { tenant_id: 1 } }))?.tenant_id ?? null,
  });
}

/**
 * Reads by globally unique id, for callers who name a run or an instance and not its tenant: the row says whose it is, and every
 * read after that is tenant-scoped (CRED-05).
 */
import { instanceId, type InstanceId, runId, type RunId, scopeId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import { mappingErrors } from './errors.ts';
import { text } from './guards.ts';

export interface Lookups {
  tenantOfRun(run: RunId): Promise<TenantId | null>;
  tenantOfInstance(instance: InstanceId): Promise<TenantId | null>;
  tenantOfScope(scope: ScopeId): Promise<TenantId | null>;
  /** A finding's id is made of its tenant's entity ids; null also where two tenants have one of this id, so that neither is told of the other. */
  tenantOfFinding(finding: string): Promise<TenantId | null>;
}

type LookedUp = Pick<Collections, 'scanRuns' | 'scanScopes' | 'connectorInstances' | 'findings'>;

export function createLookups({ scanRuns, scanScopes, connectorInstances, findings }: LookedUp): Lookups {
  return mappingErrors<Lookups>('lookups', {
    tenantOfRun: async (run) => (await scanRuns.findOne({ _id: runId(run) }, { projection: { tenant_id: 1 } }))?.tenant_id ?? null,
    tenantOfInstance: async (instance) =>
      (await connectorInstances.findOne({ _id: instanceId(instance) }, { projection: { tenant_id: 1 } }))?.tenant_id ?? null,
    tenantOfScope: async (scope) =>
      (await scanScopes.findOne({ _id: scopeId(scope) }, { projection: { tenant_id: 1 } }))?.tenant_id ?? null,
    tenantOfFinding: async (finding) => {
      const rows = await findings
        .find({ id: text('finding', finding) }, { projection: { tenant_id: 1 } })
        .limit(2)
        .toArray();
      return rows.length === 1 ? (rows[0]?.tenant_id ?? null) : null;
    },
  });
}

import type { ScanRun } from '../../domain/runs/types.ts';
import type { RunRow } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';

type Names = Pick<RunRow, 'tenant_name' | 'scope_name' | 'instance_name'>;

/** The names of what these runs belong to: one query per kind. A scope or instance of another tenant than its run's gives no name. */
export async function namesOf(
  { tenants, scanScopes, connectorInstances }: Pick<Collections, 'tenants' | 'scanScopes' | 'connectorInstances'>,
  runs: readonly ScanRun[],
): Promise<(run: ScanRun) => Names> {
  const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const projection = { name: 1, tenant_id: 1 } as const;
  const instances = unique(runs.flatMap((run) => (run.instance_id === null ? [] : [run.instance_id])));
  const [tenantRows, scopeRows, instanceRows] = await Promise.all([
    tenants.find({ _id: { $in: unique(runs.map((run) => run.tenant_id)) } }, { projection: { name: 1 } }).toArray(),
    scanScopes.find({ _id: { $in: unique(runs.map((run) => run.scope_id)) } }, { projection }).toArray(),
    connectorInstances.find({ _id: { $in: instances } }, { projection }).toArray(),
  ]);
  const tenantNames = new Map<string, string>(tenantRows.map((row) => [row._id, row.name]));
  const owned = (
    rows: readonly { readonly _id: string; readonly tenant_id: string; readonly name: string }[],
  ): ReadonlyMap<string, string> => new Map(rows.map((row) => [`${row.tenant_id} ${row._id}`, row.name]));
  const [scopeNames, instanceNames] = [owned(scopeRows), owned(instanceRows)];
  return (run) => ({
    tenant_name: tenantNames.get(run.tenant_id) ?? null,
    scope_name: scopeNames.get(`${run.tenant_id} ${run.scope_id}`) ?? null,
    instance_name: run.instance_id === null ? null : (instanceNames.get(`${run.tenant_id} ${run.instance_id}`) ?? null),
  });
}

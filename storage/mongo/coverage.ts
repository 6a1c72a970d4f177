import { byCodeUnits } from '../../domain/graph/normalize.ts';
import type { Coverage } from '../../domain/graph/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { CoverageRepository } from '../ports/graph.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant } from './guards.ts';

export type CoverageCollections = Pick<Collections, 'coverage' | 'scanScopes' | 'connectorInstances'>;

export function createCoverageRepository(collections: CoverageCollections): CoverageRepository {
  return mappingErrors<CoverageRepository>('coverage', {
    list: async (tenant) => (await readCoverage(collections, tenant)).map(({ coverage }) => coverage),
  });
}

/** With the generation that said it: two equal states say that nothing was written between them. */
export interface CoverageState {
  readonly coverage: Coverage;
  readonly gen: number;
  /** Newest first, at most two. */
  readonly complete_at: readonly Date[];
}

/**
 * One row for every category that an active scope of an active instance reads: what its last run said, or `never`. What scopes that are
 * gone or disabled once read says nothing any more: it would be taken for an answer about today.
 * A `never` row has the connector's kind for its source system: no document has named another yet.
 */
export async function readCoverage(
  { coverage, scanScopes, connectorInstances }: CoverageCollections,
  tenant: TenantId,
): Promise<readonly CoverageState[]> {
  const tenant_id = ownTenant(tenant);
  const [rows, scopes, instances] = await Promise.all([
    coverage.find({ tenant_id }).sort({ scope_id: 1, category: 1 }).toArray(),
    scanScopes.find({ tenant_id, kind: { $in: ['scan', 'ingest'] } }).toArray(),
    connectorInstances.find({ tenant_id }).toArray(),
  ]);
  const active = new Map(instances.filter(({ status }) => status === 'active').map((instance) => [instance._id, instance]));
  const read = new Map(rows.map((row) => [`${row.scope_id}:${row.category}`, row]));
  const told: CoverageState[] = [];
  for (const scope of scopes) {
    const instance = scope.instance_id === null ? undefined : active.get(scope.instance_id);
    if (instance === undefined || scope.status !== 'active') continue;
    const ingested = scope.kind === 'ingest' ? rows.filter((row) => row.scope_id === scope._id).map((row) => row.category) : [];
    for (const category of new Set([...scope.categories, ...ingested])) {
      const row = read.get(`${scope._id}:${category}`);
      const source = {
        source_system: row?.source_system ?? instance.connector,
        source_tenant: row?.source_tenant ?? instance.source_tenant,
      };
      const said = { scope_id: scope._id, instance_id: instance._id, ...source, category, status: row?.status ?? ('never' as const) };
      told.push({ coverage: said, gen: row?.gen ?? 0, complete_at: row?.complete_at ?? [] });
    }
  }
  const inOrder = (a: Coverage, b: Coverage): number => byCodeUnits(a.scope_id, b.scope_id) || byCodeUnits(a.category, b.category);
  return told.sort((a, b) => inOrder(a.coverage, b.coverage));
}

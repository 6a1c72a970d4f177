/**
 * What changed between the last two complete reads (DATA-10), out of the rows themselves: a sync record names only the first changes,
 * and a sync that was interrupted has none.
 */
import type { Collection, Document, Filter } from 'mongodb';
import { type EdgeReport, type EntityReport, mergeEdge, mergeEntity } from '../../domain/graph/merge.ts';
import type { RunId, ScopeId, TenantId } from '../../domain/ids.ts';
import { type ChangedRow, changeSetOf, type ReadHistory } from '../../domain/rules/changes.ts';
import type { Collections } from '../collections.ts';
import type { ChangeRepository } from '../ports/graph.ts';
import { batchesOf, IDS_AT_ONCE } from './bulk.ts';
import { type CoverageCollections, readCoverage } from './coverage.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant } from './guards.ts';

type ChangeCollections = Pick<Collections, 'entities' | 'edges' | 'scanRuns'> & CoverageCollections;

/** Beyond this many records one walk over the tenant's rows costs less than asking for each. */
const ASKED_ONE_BY_ONE = 2_000;

const ROW_FIELDS = { _id: 0, entity_id: 1, edge_id: 1, scope_id: 1, category: 1, change: 1, changed_at: 1, first_seen_at: 1 };

type StoredChange = Pick<ChangedRow, 'scope_id' | 'category' | 'change' | 'changed_at' | 'first_seen_at'> &
  Readonly<Record<'entity_id' | 'edge_id', string>>;

export function createChangeRepository(collections: ChangeCollections): ChangeRepository {
  const { entities, edges, scanRuns } = collections;

  /** Runs that may have changed rows after `since`: their rows are stamped with the instant at which they had collected. */
  async function runsSince(tenant_id: TenantId, scope_id: ScopeId, since: Date): Promise<readonly RunId[]> {
    const found: RunId[] = [];
    const newest = scanRuns.find({ tenant_id, scope_id }, { projection: { collected_at: 1 } }).sort({ started_at: -1, _id: -1 });
    // Runs of a scope never overlap: the first one that had collected by then ends the walk.
    for await (const run of newest) {
      if (run.collected_at === null || run.collected_at === undefined) continue;
      if (run.collected_at <= since) break;
      found.push(run._id);
    }
    return found;
  }

  return mappingErrors<ChangeRepository>('changes', {
    async sinceLastComplete(tenant, { signal } = {}) {
      const tenant_id = ownTenant(tenant);
      const states = await readCoverage(collections, tenant_id);
      const history: ReadHistory[] = states.map(({ coverage, complete_at }) => ({
        scope_id: coverage.scope_id,
        source_system: coverage.source_system,
        source_tenant: coverage.source_tenant,
        category: coverage.category,
        complete_at,
      }));
      const oldest = new Map<ScopeId, Date>();
      for (const { coverage, complete_at } of states) {
        const [, baseline] = complete_at;
        const known = oldest.get(coverage.scope_id);
        if (baseline !== undefined && (known === undefined || baseline < known)) oldest.set(coverage.scope_id, baseline);
      }
      const runs: RunId[] = [];
      for (const [scope, since] of oldest) runs.push(...(await runsSince(tenant_id, scope, since)));
      signal?.throwIfAborted();
      const rows = [
        ...(await changedRows(entities as never, 'entity', tenant_id, runs)),
        ...(await changedRows(edges as never, 'edge', tenant_id, runs)),
      ];
      return changeSetOf(history, rows);
    },
  });
}

/** Every row, of every reporter, of what these runs changed: `changeSetOf` needs them all. */
async function changedRows(
  collection: Collection<Document>,
  kind: ChangedRow['kind'],
  tenant_id: TenantId,
  runs: readonly RunId[],
): Promise<readonly ChangedRow[]> {
  const key = `${kind}_id` as const;
  const ids = new Set<string>();
  const before = new Map<string, Document>();
  for (const some of batchesOf(runs, IDS_AT_ONCE)) {
    const changed = { tenant_id, changed_run: { $in: [...some] } };
    for await (const row of collection.find({ ...changed, change: { $in: ['created', 'updated'] } }, { projection: { [key]: 1 } }))
      ids.add(row[key]);
    for await (const row of collection.find({ ...changed, change: 'removed' })) {
      ids.add(row[key]);
      before.set(String(row._id), row);
    }
  }
  const rows: ChangedRow[] = [];
  for (const filter of filtersOf(key, tenant_id, ids)) {
    const found = collection.find(filter, { projection: { ...ROW_FIELDS, _id: 1 }, batchSize: 5000 });
    for await (const document of found) {
      const { [key]: id, scope_id, category, change, changed_at, first_seen_at } = document as unknown as StoredChange;
      if (!ids.has(id)) continue;
      const removed = before.get(String(document._id));
      const row = { kind, id, scope_id, category, change, changed_at, first_seen_at };
      rows.push(removed === undefined ? row : { ...row, before: contentOf(kind, removed) });
    }
  }
  return rows;
}

function filtersOf(key: 'entity_id' | 'edge_id', tenant_id: TenantId, ids: ReadonlySet<string>): readonly Filter<Document>[] {
  // Live rows and tombstones apart: the index has `removed` before the id.
  const both = (more: object): Filter<Document>[] => [false, true].map((removed) => ({ tenant_id, removed, ...more }));
  if (ids.size > ASKED_ONE_BY_ONE) return both({});
  return [...batchesOf([...ids].sort(), IDS_AT_ONCE)].flatMap((some) => both({ [key]: { $in: [...some] } }));
}

const contentOf = (kind: ChangedRow['kind'], row: Document) =>
  kind === 'entity' ? mergeEntity([row as unknown as EntityReport]) : mergeEdge([row as unknown as EdgeReport]);

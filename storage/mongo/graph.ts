import type { Collection, Document, Filter, FindCursor } from 'mongodb';
import { digestOf, sha256 } from '../../domain/canonical.ts';
import { type EdgeReport, type EntityReport, mergeEdge, mergeEntity, type Report } from '../../domain/graph/merge.ts';
import { byCodeUnits } from '../../domain/graph/normalize.ts';
import type { Coverage, Edge, Entity, Provenance, TenantGraph } from '../../domain/graph/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { GraphRepository } from '../ports/graph.ts';
import { batchesOf, IDS_AT_ONCE } from './bulk.ts';
import { type CoverageCollections, type CoverageState, readCoverage } from './coverage.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant, texts } from './guards.ts';

type GraphCollections = Pick<Collections, 'entities' | 'edges'> & CoverageCollections;

const ENTITY_FIELDS = {
  ...{ _id: 0, entity_id: 1, scope_id: 1, category: 1, content_hash: 1, type: 1, subtype: 1 },
  ...{ source_system: 1, source_tenant: 1, native_id: 1, display_name: 1, props: 1, join_keys: 1 },
};
const EDGE_FIELDS = { _id: 0, edge_id: 1, scope_id: 1, category: 1, content_hash: 1, from: 1, to: 1, type: 1, qualifier: 1, props: 1 };
const PROVENANCE_FIELDS = {
  ...{ _id: 0, entity_id: 1, edge_id: 1, tenant_id: 1, scope_id: 1, category: 1, instance_id: 1, changed_run: 1, changed_sync: 1 },
  ...{ change: 1, gen: 1, first_seen_at: 1, last_seen_at: 1, changed_at: 1 },
};

/** How often the graph is read again because a sync wrote meanwhile; after that, what moved counts as partly read. */
const LOADS = 3;

type Kind = 'entity_id' | 'edge_id';

export function createGraphRepository(collections: GraphCollections): GraphRepository {
  const { entities, edges } = collections;
  /**
   * The coverage that a graph was read under: only graphs of this repository are known again, and only such as were read whole. What a sync is
   * writing looks like what one could read in part only, and a sync that is tried again keeps its generation: equal states would say nothing.
   */
  const readUnder = new WeakMap<TenantGraph, string>();

  async function byIds<R>(
    collection: Collection<never>,
    key: Kind,
    tenant: TenantId,
    ids: readonly string[],
    fields: object,
  ): Promise<R[]> {
    const tenant_id = ownTenant(tenant);
    const found: R[] = [];
    for (const some of batchesOf([...new Set(texts('ids', ids))].sort(), IDS_AT_ONCE)) {
      const filter = { tenant_id, removed: false, [key]: { $in: [...some] } } as never;
      found.push(...((await collection.find(filter, { projection: fields }).toArray()) as R[]));
    }
    return found;
  }

  return mappingErrors<GraphRepository>('graph', {
    async loadTenantGraph(tenant, { signal, known } = {}) {
      const tenant_id = ownTenant(tenant);
      for (let attempt = 1; ; attempt += 1) {
        const before = await readCoverage(collections, tenant_id);
        if (known?.tenant_id === tenant_id && readUnder.get(known) === digestOf(before)) return known;
        const merged = await mergeLive(
          live<EntityReport>(entities, 'entity_id', tenant_id, ENTITY_FIELDS),
          'entity_id',
          mergeEntity,
          signal,
        );
        const all = await mergeLive(live<EdgeReport>(edges, 'edge_id', tenant_id, EDGE_FIELDS), 'edge_id', mergeEdge, signal);
        const after = await readCoverage(collections, tenant_id);
        // A sync lowers its coverage before it writes and raises it at the end: equal states say that no row moved while they were read.
        const still = digestOf(before) === digestOf(after);
        if (!still && attempt < LOADS) continue;
        const coverage = still ? after.map((state) => state.coverage) : unsettled(before, after);
        const present = new Set(merged.map(({ id }) => id));
        const joined = all.filter(({ from, to }) => present.has(from) && present.has(to));
        const graph = { tenant_id, revision: revisionOf(merged, joined, coverage), entities: merged, edges: joined, coverage };
        if (still && coverage.every(({ status }) => status === 'complete' || status === 'never')) readUnder.set(graph, digestOf(before));
        return graph;
      }
    },

    async getEntities(tenant, ids) {
      return grouped(await byIds<EntityReport>(entities as never, 'entity_id', tenant, ids, ENTITY_FIELDS), 'entity_id').map(mergeEntity);
    },

    async getEdges(tenant, ids) {
      return grouped(await byIds<EdgeReport>(edges as never, 'edge_id', tenant, ids, EDGE_FIELDS), 'edge_id').map(mergeEdge);
    },

    async provenanceOf(tenant, ids) {
      type Row = Provenance & { readonly entity_id?: string; readonly edge_id?: string };
      const rows = [
        ...(await byIds<Row>(entities as never, 'entity_id', tenant, ids, PROVENANCE_FIELDS)),
        ...(await byIds<Row>(edges as never, 'edge_id', tenant, ids, PROVENANCE_FIELDS)),
      ].map(({ entity_id, edge_id, ...provenance }) => ({ id: entity_id ?? edge_id ?? '', ...provenance }));
      return rows.sort((a, b) => byCodeUnits(a.id, b.id) || byCodeUnits(a.scope_id, b.scope_id) || byCodeUnits(a.category, b.category));
    },
  });
}

/** What is not the same in both is taken as partly read: its absences prove nothing (DATA-04). */
function unsettled(before: readonly CoverageState[], after: readonly CoverageState[]): readonly Coverage[] {
  const known = new Set(before.map((state) => digestOf(state)));
  return after.map((state) => (known.has(digestOf(state)) ? state.coverage : { ...state.coverage, status: 'partial' }));
}

/** In id order, so that the reports of one thing come one after the other. */
function live<R extends Report>(collection: unknown, key: Kind, tenant: TenantId, projection: object): FindCursor<R> {
  const filter = { tenant_id: tenant, removed: false } as Filter<Document>;
  return (collection as Collection<Document>).find(filter, { projection, batchSize: 5000 }).sort({ [key]: 1 }) as unknown as FindCursor<R>;
}

async function mergeLive<R extends Report, T extends Entity | Edge>(
  rows: AsyncIterable<R>,
  key: Kind,
  merge: (reports: readonly R[]) => T,
  signal?: AbortSignal,
): Promise<T[]> {
  const merged: T[] = [];
  let reports: R[] = [];
  const idOf = (row: R | undefined): unknown => (row as Record<string, unknown> | undefined)?.[key];
  for await (const row of rows) {
    if (reports.length > 0 && idOf(row) !== idOf(reports[0])) {
      merged.push(merge(reports));
      reports = [];
      if (merged.length % 1000 === 0) signal?.throwIfAborted();
    }
    reports.push(row);
  }
  if (reports.length > 0) merged.push(merge(reports));
  return merged;
}

function grouped<R extends Report>(rows: readonly R[], key: Kind): R[][] {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const id = String((row as unknown as Record<string, unknown>)[key]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => byCodeUnits(a, b)).map(([, group]) => group);
}

/** The lines are in id order, as the lists are. */
function revisionOf(entities: readonly Entity[], edges: readonly Edge[], coverage: readonly Coverage[]): TenantGraph['revision'] {
  const lines = [...entities, ...edges].map(({ id, content_hash }) => `${id} ${content_hash}\n`);
  return digestOf([entities.length, sha256(lines.join('')), coverage]);
}

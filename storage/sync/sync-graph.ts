/**
 * From a graph document to the tenant's graph (DATA-02, DATA-03). Everything is parsed before the first write; then rows are written in batches,
 * each after a look whether the run still runs. A thread of its own may call this with a connection of its own (FLOW-10).
 */
import type { Collection } from 'mongodb';
import { FencedError } from '../../domain/errors.ts';
import { type CollectedGraph, collectGraph, rowKey } from '../../domain/graph/collect.ts';
import { parseGraph } from '../../domain/graph/parse.ts';
import { instanceId, runId, scopeId, type TenantId } from '../../domain/ids.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import type { Collections, ConnectorSyncDoc } from '../collections.ts';
import { BATCH, batchesOf, fencedWrites, setByIds } from '../mongo/bulk.ts';
import { mappingErrors } from '../mongo/errors.ts';
import { instant, ownTenant, text, whole } from '../mongo/guards.ts';
import type { GraphSync, SyncOutcome, SyncProgress, SyncRequest } from '../ports/graph-sync.ts';
import { completeReads, coverageOf, writeCoverage } from './coverage.ts';
import { countDangling, countRows, listChanges } from './record.ts';
import { edgeFields, entityFields, type RowStamp, type RowWrite, sightingsOf, writesOf } from './rows.ts';
import { loadStored, type RowScope, type StoredRow } from './stored.ts';

export type SyncCollections = Pick<Collections, 'entities' | 'edges' | 'coverage' | 'connectorSyncs' | 'scanRuns'>;

/** The id of a run's `connector_syncs` record (RUN-09): one per run, so that a repetition writes the same. */
export const syncIdOf = (run: string): string => `sync:${run}`;

const PROGRESS_EVERY = 1000;

/** `batch`: rows of one bulk. */
export function createGraphSync(collections: SyncCollections, { batch = BATCH }: { readonly batch?: number } = {}): GraphSync {
  return mappingErrors<GraphSync>('graphSync', { sync: (tenant, request) => syncGraph(collections, tenant, request, batch) });
}

async function syncGraph(collections: SyncCollections, tenant: TenantId, request: SyncRequest, batch: number): Promise<SyncOutcome> {
  const { entities, edges } = collections;
  const stamp = stampOf(tenant, request);
  const results = categoriesOf(request.results);
  const scope: RowScope = { tenant_id: stamp.tenant_id, scope_id: stamp.scope_id, categories: Object.keys(results).sort() };
  const step = createStep(collections, stamp, request);
  await step.check();

  const stored = { entity: await loadStored(entities, 'entity_id', scope), edge: await loadStored(edges, 'edge_id', scope) };
  const graph = await collect(stamp.tenant_id, request, scope.categories, stored);

  const writes: { collection: Collection<never>; rows: RowWrite<never>[]; seen: string[] }[] = [
    {
      collection: entities as never,
      rows: writesOf(graph.entities, stored.entity, stamp, entityFields),
      seen: sightingsOf(graph.entities, stored.entity, stamp),
    },
    {
      collection: edges as never,
      rows: writesOf(graph.edges, stored.edge, stamp, edgeFields),
      seen: sightingsOf(graph.edges, stored.edge, stamp),
    },
  ];
  const coverageStamp = { ...stamp, source_tenant: graph.header.source_tenant };
  const statuses = coverageOf(results);
  // While rows are on their way a pass of the tenant may read them half-written: until the end what changes does not count as completely read.
  const moving = changingCategories(graph, stored, results);
  await step.fenced(writeCoverage(collections.coverage, coverageStamp, new Map(moving.map((category) => [category, 'partial']))));
  await writeRows(writes, step, batch);
  await sightRows(writes, stamp, step, batch);
  await removeUnseen([entities, edges] as never, stamp, results, step);
  const completeAt = await completeReads(collections.coverage, stamp, statuses);
  await step.fenced(writeCoverage(collections.coverage, coverageStamp, statuses, completeAt));

  await step.next({ phase: 'record', done: 0, total: 1 });
  return record(collections, request, stamp, scope, graph);
}

function stampOf(tenant: TenantId, request: SyncRequest): RowStamp {
  const run = runId(request.run_id);
  return {
    tenant_id: ownTenant(tenant),
    scope_id: scopeId(request.scope_id),
    instance_id: instanceId(request.instance_id),
    gen: whole('generation', request.generation),
    run,
    sync: syncIdOf(run),
    now: instant('now', request.now),
    source_system: text('source_system', request.source_system),
  };
}

/** The connector's cells only: a run carries the platform's beside them. */
function categoriesOf(results: CategoryResults): CategoryResults {
  return Object.fromEntries(Object.entries(results).filter(([category]) => !category.startsWith('__')));
}

interface Step {
  /** @throws FencedError when the run is over; the signal's reason when aborted */
  check(): Promise<void>;
  /** Progress, then `check`: before every batch. */
  next(progress: SyncProgress): Promise<void>;
  /** @throws FencedError when a row was refused */
  fenced(refused: Promise<number>): Promise<void>;
}

function createStep({ scanRuns }: SyncCollections, { run, tenant_id, gen }: RowStamp, { signal, onProgress }: SyncRequest): Step {
  const check = async (): Promise<void> => {
    signal?.throwIfAborted();
    const running = await scanRuns.findOne({ _id: run, tenant_id, status: 'running', generation: gen }, { projection: { _id: 1 } });
    if (running === null) throw new FencedError(run);
  };
  return {
    check,
    next(progress) {
      onProgress?.(progress);
      return check();
    },
    async fenced(refused) {
      if ((await refused) > 0) throw new FencedError(run);
    },
  };
}

type Stored = Readonly<Record<'entity' | 'edge', ReadonlyMap<string, StoredRow>>>;

function collect(tenant: TenantId, request: SyncRequest, categories: readonly string[], stored: Stored): Promise<CollectedGraph> {
  const { source_system, source_tenant, signal, onProgress, limits } = request;
  const records = parseGraph(request.graph, {
    expected: { source_system, source_tenant, categories },
    ...(limits === undefined ? {} : { limits }),
  });
  return collectGraph(records, {
    tenant,
    isStored(kind, key, contentHash) {
      const row = stored[kind].get(key);
      return row !== undefined && !row.removed && row.content_hash === contentHash;
    },
    onRecord(count) {
      if (count % PROGRESS_EVERY !== 0) return;
      signal?.throwIfAborted();
      onProgress?.({ phase: 'parse', done: count, total: null });
    },
  });
}

/** Categories of which rows are about to be written or removed. */
function changingCategories(graph: CollectedGraph, stored: Stored, results: CategoryResults): readonly string[] {
  const moving = new Set<string>();
  for (const [rows, before] of [
    [graph.entities, stored.entity],
    [graph.edges, stored.edge],
  ] as const) {
    const present = new Set<string>();
    for (const { id, category, row } of rows) {
      present.add(rowKey(id, category));
      if (row !== null) moving.add(category);
    }
    for (const [key, row] of before) {
      const category = key.slice(key.lastIndexOf(':') + 1);
      if (!row.removed && !present.has(key) && results[category]?.status === 'succeeded') moving.add(category);
    }
  }
  return [...moving].sort();
}

type Writes = readonly {
  readonly collection: Collection<never>;
  readonly rows: readonly RowWrite<never>[];
  readonly seen: readonly string[];
}[];

async function writeRows(writes: Writes, step: Step, size: number): Promise<void> {
  const total = writes.reduce((sum, { rows }) => sum + rows.length, 0);
  let done = 0;
  for (const { collection, rows } of writes) {
    for (const batch of batchesOf(rows, size)) {
      await step.next({ phase: 'write', done, total });
      await step.fenced(fencedWrites(collection, batch));
      done += batch.length;
    }
  }
}

async function sightRows(writes: Writes, { tenant_id, gen, now }: RowStamp, step: Step, size: number): Promise<void> {
  const total = writes.reduce((sum, { seen }) => sum + seen.length, 0);
  let done = 0;
  for (const { collection, seen } of writes) {
    for (const batch of batchesOf(seen, size)) {
      await step.next({ phase: 'sight', done, total });
      await setByIds(collection, batch, { tenant_id, gen: { $lte: gen } }, { gen, last_seen_at: now });
      done += batch.length;
    }
  }
}

/** DATA-03, RUN-10: only what a completely read category did not name, by a tombstone that an older generation cannot write over. */
async function removeUnseen(
  collections: readonly Collection<never>[],
  stamp: RowStamp,
  results: CategoryResults,
  step: Step,
): Promise<void> {
  const complete = Object.keys(results)
    .filter((category) => results[category]?.status === 'succeeded')
    .sort();
  const { tenant_id, scope_id, gen, run, sync, now } = stamp;
  const tombstone = { removed: true, change: 'removed', changed_run: run, changed_sync: sync, changed_at: now, gen };
  for (const [index, category] of complete.entries()) {
    await step.next({ phase: 'remove', done: index, total: complete.length });
    for (const collection of collections) {
      await collection.updateMany(
        { tenant_id, scope_id, category, gen: { $lt: gen }, removed: false } as never,
        { $set: tombstone } as never,
      );
    }
  }
}

async function record(
  collections: SyncCollections,
  request: SyncRequest,
  stamp: RowStamp,
  scope: RowScope,
  graph: CollectedGraph,
): Promise<SyncOutcome> {
  const [entities, edges, dangling_edges] = await Promise.all([
    countRows(collections.entities, scope, stamp.run, stamp.gen),
    countRows(collections.edges, scope, stamp.run, stamp.gen),
    countDangling(collections.entities, stamp.tenant_id, graph.ends, new Set(graph.entities.map(({ id }) => id))),
  ]);
  const { changes, truncated } = await listChanges(collections, stamp.tenant_id, stamp.run, { entity: entities, edge: edges });
  const counts = { entities, edges, dangling_edges, scrubbed_strings: graph.scrubbed_strings, graph_digest: graph.digest };
  const doc: Omit<ConnectorSyncDoc, '_id' | 'tenant_id' | 'completed_at'> = {
    run_id: stamp.run,
    scope_id: stamp.scope_id,
    instance_id: stamp.instance_id,
    generation: stamp.gen,
    ...counts,
    changes,
    changes_truncated: truncated,
    started_at: request.now,
  };
  await collections.connectorSyncs.updateOne(
    { _id: stamp.sync, tenant_id: stamp.tenant_id },
    { $set: doc, $currentDate: { completed_at: true } },
    { upsert: true },
  );
  request.onProgress?.({ phase: 'record', done: 1, total: 1 });
  return { sync_id: stamp.sync, items_scanned: entities.created + entities.updated, ...counts };
}

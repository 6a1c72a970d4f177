/** Whole syncs over a test's database: claim, sync, close; and what they left, in forms that can be compared. */
import { digestOf } from '../../domain/canonical.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createSyncRepository } from '../../storage/mongo/syncs.ts';
import type { SyncOutcome, SyncRequest } from '../../storage/ports/graph-sync.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import type { TestDatabase } from '../support/mongo.ts';
import { ACCOUNT, type AnyRecord, appliesTo, bucket, bytesOf, jsonLines, role } from './graphs.ts';
import { cell, closing, NOW, type SeededTenant, startRun } from './rows.ts';

const READ: CategoryResults = { iam_roles: cell(), s3_buckets: cell() };
export const none = { created: 0, updated: 0, removed: 0, unchanged: 0 };
export const [ada, bob, data, logs] = [role('ada'), role('bob'), bucket('data'), bucket('logs')];
/** Three entities, two edges. */
export const BASE = [ada, bob, data, appliesTo(ada, data), appliesTo(bob, data, 's3:GetObject')];

export function requestFor(
  seeded: SeededTenant,
  run: { run: SyncRequest['run_id']; generation: number },
  records: readonly AnyRecord[],
  change: Partial<SyncRequest> = {},
): SyncRequest {
  return {
    scope_id: seeded.scope,
    run_id: run.run,
    generation: run.generation,
    instance_id: seeded.instance,
    source_system: 'aws',
    source_tenant: ACCOUNT,
    results: READ,
    graph: bytesOf(jsonLines(records)),
    now: NOW,
    ...change,
  };
}

export function syncsOf(database: TestDatabase) {
  const sync = (tenant: TenantId, request: SyncRequest): Promise<SyncOutcome> =>
    createGraphSync(database.collections).sync(tenant, request);
  const load = (tenant: TenantId) => createGraphRepository(database.collections).loadTenantGraph(tenant);
  return {
    sync,
    load,
    /** One whole run: claim, sync, close. */
    async runOnce(seeded: SeededTenant, records: readonly AnyRecord[], change: Partial<SyncRequest> = {}) {
      const run = await startRun(database.collections, seeded.scope);
      const outcome = await sync(seeded.tenant, requestFor(seeded, run, records, change));
      await createRunRepository(database.collections).close(seeded.tenant, closing(run.run));
      return { ...run, outcome };
    },
    /** Digest of everything that a sync writes, but for the moment at which it ended. */
    async stateOf(tenant: TenantId): Promise<string> {
      const { entities, edges, coverage, connectorSyncs } = database.collections;
      const parts = [];
      for (const collection of [entities, edges, coverage, connectorSyncs] as (typeof entities)[]) {
        parts.push(
          await collection
            .find({ tenant_id: tenant }, { projection: { completed_at: 0 } })
            .sort({ _id: 1 })
            .toArray(),
        );
      }
      return digestOf(JSON.parse(JSON.stringify(parts)));
    },
    /** What can be compared between tenants: ids are left out, for they are of the tenant. */
    async countsAndContent(seeded: SeededTenant): Promise<unknown> {
      const graph = await load(seeded.tenant);
      const syncs = await createSyncRepository(database.collections).listByScope(seeded.tenant, seeded.scope);
      const counts = syncs
        .map(({ generation, entities, edges, dangling_edges }) => ({ generation, entities, edges, dangling_edges }))
        .sort((a, b) => a.generation - b.generation);
      const names = await database.collections.entities.find({ tenant_id: seeded.tenant }).toArray();
      return {
        counts,
        coverage: graph.coverage.map(({ category, status }) => [category, status]),
        live: graph.entities.map(({ display_name, content_hash }) => `${display_name} ${content_hash}`).sort(),
        rows: names.map(({ display_name, change, removed, gen }) => `${display_name} ${change} ${removed} ${gen}`).sort(),
      };
    },
  };
}

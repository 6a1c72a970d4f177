/**
 * How much more than a bare `bulkWrite` of the same rows does a sync cost? Both run against the same server, one after the other, in one
 * process: only the ratio means anything. `tsx bench/sync.ts [entities] [mongodb-uri]`
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { GRAPH_SCHEMA } from '../domain/graph/types.ts';
import { instanceId, runId, scopeId, tenantId } from '../domain/ids.ts';
import type { ScanRun } from '../domain/runs/types.ts';
import { collectionsOf } from '../storage/collections.ts';
import { connectMongo } from '../storage/mongo/client.ts';
import { createGraphRepository } from '../storage/mongo/graph.ts';
import { ensureIndexes } from '../storage/mongo/indexes.ts';
import type { SyncProgress } from '../storage/ports/graph-sync.ts';
import { createGraphSync } from '../storage/sync/sync-graph.ts';
import { bringServers } from '../test/support/servers.ts';

const count = Number(process.argv[2] ?? 20_000);
const named = process.argv[3] ?? process.env['MONGODB_URI'];
const servers = named === undefined ? await bringServers() : null;
const uri = named ?? process.env['SV0_TEST_MONGODB_URI'] ?? '';

const [tenant, scope, instance] = [tenantId('t-bench'), scopeId('s-bench'), instanceId('i-bench')];
const ACCOUNT = '111122223333';
const arn = (index: number): string => `arn:aws:iam::${ACCOUNT}:role/service-role-${index}`;

function entityLine(index: number, changed: boolean): string {
  const props = {
    path: '/service/',
    created_at: '2026-01-01T00:00:00Z',
    max_session_duration: changed ? 7200 : 3600,
    tags: ['team:a', 'env:prod'],
    boundary: null,
  };
  const ids = {
    source_system: 'aws',
    source_tenant: ACCOUNT,
    native_id: arn(index),
    display_name: `service-role-${index}`,
    category: 'iam_roles',
  };
  return JSON.stringify({
    kind: 'entity',
    type: 'role',
    subtype: 'iam_role',
    ...ids,
    props,
    join_keys: [{ k: 'role_arn', v: arn(index) }],
  });
}

function edgeLine(index: number): string {
  const ends = { from: { type: 'role', native_id: arn(index) }, to: { type: 'role', native_id: arn((index * 7 + 1) % count) } };
  return JSON.stringify({ kind: 'edge', type: 'HAS_ROLE', category: 'iam_roles', ...ends, qualifier: String(index), props: {} });
}

async function* document(changedEvery: number): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`${JSON.stringify({ schema: GRAPH_SCHEMA, source_system: 'aws', source_tenant: ACCOUNT })}\n`);
  for (let start = 0; start < count; start += 200) {
    const indexes = Array.from({ length: Math.min(200, count - start) }, (_, offset) => start + offset);
    const lines = indexes.flatMap((index) => [entityLine(index, changedEvery > 0 && index % changedEvery === 0), edgeLine(index)]);
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

const connection = await connectMongo(uri, { database: `sv0_bench_${randomUUID().slice(0, 8)}` });
const collections = collectionsOf(connection.db);
const timings: Record<string, number> = {};

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  timings[name] = performance.now() - started;
  return result;
}

async function syncOnce(name: string, generation: number, changedEvery: number): Promise<void> {
  const run_id = runId(randomUUID());
  await collections.scanRuns.insertOne({ _id: run_id, tenant_id: tenant, scope_id: scope, status: 'running', generation } as ScanRun);
  const cell = { status: 'succeeded', items_scanned: count, started_at: '', ended_at: '', errors: [] } as const;
  const source = {
    source_system: 'aws',
    source_tenant: ACCOUNT,
    results: { iam_roles: cell },
    graph: document(changedEvery),
    now: new Date(),
  };
  const phases: Record<string, number> = {};
  let [phase, since] = ['read', performance.now()];
  const onProgress = (progress: SyncProgress): void => {
    if (progress.phase === phase) return;
    phases[phase] = Math.round(performance.now() - since);
    [phase, since] = [progress.phase, performance.now()];
  };
  const request = { scope_id: scope, run_id, generation, instance_id: instance, onProgress, ...source };
  const outcome = await timed(name, () => createGraphSync(collections).sync(tenant, request));
  phases[phase] = Math.round(performance.now() - since);
  const { created, updated, unchanged } = outcome.entities;
  process.stdout.write(
    `${name.padEnd(30)} ${timings[name]?.toFixed(0).padStart(7)} ms  ${created} created, ${updated} updated, ${unchanged} unchanged; by phase ${JSON.stringify(phases)}\n`,
  );
}

/** The same rows, with the same indexes, in bulks of the same size, and nothing else. */
async function bare(): Promise<void> {
  const rows = [await collections.entities.find({}).toArray(), await collections.edges.find({}).toArray()];
  const peers = [connection.db.collection('bench_entities'), connection.db.collection('bench_edges')];
  for (const [index, peer] of peers.entries()) {
    const source = index === 0 ? collections.entities : collections.edges;
    for (const { key } of (await source.indexes()).filter(({ name }) => name !== '_id_')) await peer.createIndex(key);
  }
  await timed('bare bulkWrite (inserts)', async () => {
    for (const [index, peer] of peers.entries()) {
      const documents = rows[index] ?? [];
      for (let start = 0; start < documents.length; start += 1000) {
        const some = documents.slice(start, start + 1000).map((row) => ({ insertOne: { document: row as never } }));
        await peer.bulkWrite(some, { ordered: false });
      }
    }
  });
  process.stdout.write(`${'bare bulkWrite (inserts)'.padEnd(30)} ${timings['bare bulkWrite (inserts)']?.toFixed(0).padStart(7)} ms\n`);
}

try {
  await ensureIndexes(connection.db);
  process.stdout.write(`${count} entities and ${count} edges, Node ${process.version}\n`);
  await syncOnce('first sync (all created)', 1, 0);
  await bare();
  await syncOnce('second sync (all unchanged)', 2, 0);
  await syncOnce('third sync (a tenth changed)', 3, 10);
  const graph = await timed('load the tenant graph', () => createGraphRepository(collections).loadTenantGraph(tenant));
  process.stdout.write(
    `${'load the tenant graph'.padEnd(30)} ${timings['load the tenant graph']?.toFixed(0).padStart(7)} ms  ${graph.entities.length} entities, ${graph.edges.length} edges\n`,
  );
  const base = timings['bare bulkWrite (inserts)'] ?? 1;
  for (const [name, time] of Object.entries(timings)) process.stdout.write(`${name.padEnd(30)} ${(time / base).toFixed(2)} x bare\n`);
} finally {
  await connection.db.dropDatabase();
  await connection.close();
  await servers?.stop();
}

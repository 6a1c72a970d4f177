import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../domain/canonical.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createSyncRepository } from '../../storage/mongo/syncs.ts';
import type { SyncOutcome, SyncRequest } from '../../storage/ports/graph-sync.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { withDatabase } from '../support/mongo.ts';
import { ACCOUNT, type AnyRecord, appliesTo, bucket, bytesOf, jsonLines, oneDocument, role } from './graphs.ts';
import { cell, later, NOW, type SeededTenant, seedTenant, startRun } from './rows.ts';

const database = withDatabase();
const sync = (tenant: SeededTenant['tenant'], request: SyncRequest): Promise<SyncOutcome> =>
  createGraphSync(database.collections).sync(tenant, request);
const load = (tenant: SeededTenant['tenant']) => createGraphRepository(database.collections).loadTenantGraph(tenant);

const READ: CategoryResults = { iam_roles: cell(), s3_buckets: cell() };

function requestFor(
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

/** One whole run: claim, sync, close. */
async function runOnce(seeded: SeededTenant, records: readonly AnyRecord[], change: Partial<SyncRequest> = {}) {
  const run = await startRun(database.collections, seeded.scope);
  const outcome = await sync(seeded.tenant, requestFor(seeded, run, records, change));
  await createRunRepository(database.collections).close(seeded.tenant, {
    run_id: run.run,
    status: 'succeeded',
    reason: null,
    cells: {},
    cooldown_until: null,
    now: later(1),
  });
  return { ...run, outcome };
}

/** Everything that a sync writes, but for the moment at which it ended. */
async function stateOf(tenant: string): Promise<string> {
  const { entities, edges, coverage, connectorSyncs } = database.collections;
  const parts = [];
  for (const collection of [entities, edges, coverage, connectorSyncs] as (typeof entities)[]) {
    parts.push(
      await collection
        .find({ tenant_id: tenant } as never, { projection: { completed_at: 0 } })
        .sort({ _id: 1 })
        .toArray(),
    );
  }
  return digestOf(JSON.parse(JSON.stringify(parts)));
}

const [ada, bob, data, logs] = [role('ada'), role('bob'), bucket('data'), bucket('logs')];
const BASE = [ada, bob, data, appliesTo(ada, data), appliesTo(bob, data, 's3:GetObject')];
const none = { created: 0, updated: 0, removed: 0, unchanged: 0 };

describe('sync', () => {
  it('DATA-02: counts created, changed, removed and unchanged, and the cell counts what was upserted', async () => {
    const seeded = await seedTenant(database.collections);
    const first = await runOnce(seeded, BASE);
    expect(first.outcome).toMatchObject({
      items_scanned: 3,
      entities: { ...none, created: 3 },
      edges: { ...none, created: 2 },
      dangling_edges: 0,
    });

    const second = await runOnce(seeded, BASE);
    expect(second.outcome).toMatchObject({ items_scanned: 0, entities: { ...none, unchanged: 3 }, edges: { ...none, unchanged: 2 } });

    const third = await runOnce(seeded, [role('ada', { path: '/x/' }), data, logs, appliesTo(ada, data)]);
    expect(third.outcome).toMatchObject({
      items_scanned: 2,
      entities: { created: 1, updated: 1, removed: 1, unchanged: 1 },
      edges: { ...none, removed: 1, unchanged: 1 },
    });
    const graph = await load(seeded.tenant);
    expect(graph.entities.map((entity) => entity.display_name).sort()).toEqual(['ada', 'data', 'logs']);
    expect(graph.edges).toHaveLength(1);
  });

  it('DATA-10: the sync record names what changed, in id order, and is bounded', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const { run } = await runOnce(seeded, [role('ada', { path: '/x/' }), data, logs, appliesTo(ada, data)]);
    const record = await createSyncRepository(database.collections).findByRun(seeded.tenant, run);
    expect(record?.changes.map(({ change, kind, name }) => `${change} ${kind} ${name}`).sort()).toEqual([
      'created entity logs',
      'removed edge APPLIES_TO s3:GetObject',
      'removed entity bob',
      'updated entity ada',
    ]);
    expect(record?.changes_truncated).toBe(false);

    const many = Array.from({ length: 620 }, (_, index) => role(`r${index}`));
    const big = await runOnce(seeded, many);
    const bounded = await createSyncRepository(database.collections).findByRun(seeded.tenant, big.run);
    expect(bounded).toMatchObject({ changes_truncated: true, entities: { created: 620 } });
    expect(bounded?.changes).toHaveLength(500);
    const ids = bounded?.changes.map(({ id }) => id) ?? [];
    expect(ids).toEqual([...ids].sort());
  });

  it('DATA-02: a repeated sync gives the same numbers and the same bytes', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const run = await startRun(database.collections, seeded.scope);
    const records = [role('ada', { path: '/x/' }), logs, appliesTo(ada, logs)];
    const first = await sync(seeded.tenant, requestFor(seeded, run, records));
    const state = await stateOf(seeded.tenant);
    expect(
      await sync(seeded.tenant, requestFor(seeded, run, [...records].reverse(), { graph: bytesOf(oneDocument([...records].reverse())) })),
    ).toEqual(first);
    expect(await stateOf(seeded.tenant)).toBe(state);
  });

  it('DATA-02: order, encoding, repetition and doubled records change nothing (property)', async () => {
    const twin = role('ada', { path: '/twin/' });
    const records = [...BASE, twin, logs, appliesTo(bob, logs)];
    let expected: string | undefined;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(records, { minLength: records.length }),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        async (shuffled, lines, size) => {
          const seeded = await seedTenant(database.collections);
          const text = lines ? jsonLines([...shuffled, ...shuffled.slice(0, 2)]) : oneDocument(shuffled);
          await runOnce(seeded, [], { graph: bytesOf(text, size) });
          const graph = await load(seeded.tenant);
          // Ids are of the tenant, so graphs of two tenants are compared by what they say.
          const said = digestOf({
            entities: graph.entities.map(({ id: _, ...rest }) => rest).sort(byHash),
            edges: graph.edges.map(({ type, qualifier }) => [type, qualifier]).sort(),
          });
          expected ??= said;
          expect(said).toBe(expected);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('DATA-02, RUN-05: interrupted before any batch and then repeated, it ends the same', async () => {
    const records = [...Array.from({ length: 24 }, (_, index) => role(`r${index}`)), data, appliesTo(role('r1'), data)];
    const changed = [
      ...Array.from({ length: 24 }, (_, index) => role(`r${index + 6}`, index % 3 === 0 ? { path: '/changed/' } : {})),
      data,
    ];
    const small = createGraphSync(database.collections, { batch: 5 });
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, records);
    const run = await startRun(database.collections, seeded.scope);
    let steps = 0;
    await small.sync(seeded.tenant, requestFor(seeded, run, changed, { onProgress: () => (steps += 1) }));
    expect(steps).toBeGreaterThan(8);
    const expected = await countsAndContent(seeded);

    for (let stop = 1; stop <= steps; stop += 1) {
      const other = await seedTenant(database.collections);
      await runOnce(other, records);
      const again = await startRun(database.collections, other.scope);
      const abort = new AbortController();
      let seen = 0;
      const onProgress = (): void => {
        seen += 1;
        if (seen === stop) abort.abort(new Error('interrupted'));
      };
      const interrupted = small.sync(other.tenant, requestFor(other, again, changed, { signal: abort.signal, onProgress }));
      if (stop < steps) await expect(interrupted).rejects.toThrow('interrupted');
      else await interrupted;
      await small.sync(other.tenant, requestFor(other, again, changed));
      expect(await countsAndContent(other)).toEqual(expected);
    }
  });

  it('DATA-03, RUN-10: what a failed or partly read category did not name stays; a category that left the scope is left alone', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    for (const status of ['partial', 'failed', 'timeout', 'skipped'] as const) {
      const { outcome } = await runOnce(seeded, [], { results: { iam_roles: cell(status), s3_buckets: cell(status) } });
      expect(outcome.entities).toEqual(none);
      expect((await load(seeded.tenant)).entities).toHaveLength(3);
    }
    const { outcome } = await runOnce(seeded, [data], { results: { s3_buckets: cell() } });
    expect(outcome.entities).toEqual({ ...none, unchanged: 1 });
    expect((await load(seeded.tenant)).entities).toHaveLength(3);
    const gone = await runOnce(seeded, [], { results: { iam_roles: cell('failed'), s3_buckets: cell() } });
    expect(gone.outcome.entities).toEqual({ ...none, removed: 1 });
  });

  it('DATA-03: what two scopes report goes away when the last one stops, and is merged in scope-id order', async () => {
    const seeded = await seedTenant(database.collections);
    const second = { ...seeded, scope: `${seeded.scope}-b` as SeededTenant['scope'] };
    await createScopeRepository(database.collections).create(seeded.tenant, {
      _id: second.scope,
      instance_id: seeded.instance,
      kind: 'scan',
      name: 'b',
      categories: ['iam_roles'],
      budget: { max_runtime_seconds: 60 },
      created_at: NOW,
    });
    await runOnce(second, [role('ada', { path: '/second/', boundary: 'b', note: 'only here' })]);
    await runOnce(seeded, [role('ada', { path: '/first/', boundary: null })]);
    const both = await load(seeded.tenant);
    expect(both.entities).toHaveLength(1);
    expect(both.entities[0]?.props).toEqual({ path: '/first/', boundary: 'b', note: 'only here' });
    await runOnce(seeded, []);
    expect((await load(seeded.tenant)).entities[0]?.props['path']).toBe('/second/');
    await runOnce(second, []);
    expect((await load(seeded.tenant)).entities).toEqual([]);
  });

  it('DATA-03: a late writer of an older generation changes nothing, and brings nothing back', async () => {
    const seeded = await seedTenant(database.collections);
    const zombie = await runOnce(seeded, BASE);
    await runOnce(seeded, [data]);
    const state = await stateOf(seeded.tenant);
    await expect(sync(seeded.tenant, requestFor(seeded, zombie, BASE))).rejects.toMatchObject({ name: 'FencedError' });
    // Even when its own row still says `running`, as right after a reaper's mistake.
    await database.collections.scanRuns.updateOne({ _id: zombie.run }, { $set: { status: 'running' } });
    await expect(sync(seeded.tenant, requestFor(seeded, zombie, BASE))).rejects.toMatchObject({ name: 'FencedError' });
    expect(await stateOf(seeded.tenant)).toBe(state);
  });

  it('DATA-03: a writer that is overtaken in the middle of a batch is fenced at the rows', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const slow = await startRun(database.collections, seeded.scope);
    // The newer generation writes after the slow one looked whether it still runs, and before its batch arrives.
    let overtaken = false;
    const overtake = async (): Promise<void> => {
      if (overtaken) return;
      overtaken = true;
      await database.collections.scanScopes.updateOne({ _id: seeded.scope }, { $set: { in_flight: null } });
      const newer = await startRun(database.collections, seeded.scope);
      await sync(seeded.tenant, requestFor(seeded, newer, [role('ada', { path: '/newer/' }), logs]));
    };
    const { entities } = database.collections;
    const late = new Proxy(entities, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) =>
          key === 'bulkWrite' ? overtake().then(() => Reflect.apply(value, target, args)) : Reflect.apply(value, target, args);
      },
    });
    const records = [role('ada', { path: '/slow/' }), bob, role('new'), role('logs-twin'), logs, data];
    await expect(
      createGraphSync({ ...database.collections, entities: late }).sync(seeded.tenant, requestFor(seeded, slow, records)),
    ).rejects.toMatchObject({ name: 'FencedError' });
    expect(overtaken).toBe(true);
    const rows = await entities.find({ tenant_id: seeded.tenant }).toArray();
    const said = Object.fromEntries(rows.map(({ display_name, gen, removed, props }) => [display_name, [gen, removed, props['path']]]));
    expect(said).toMatchObject({
      ada: [3, false, '/newer/'],
      logs: [3, false, undefined],
      bob: [3, true, '/'],
      data: [3, true, undefined],
    });
  });

  it('RUN-05: what a run created is still created when the same run writes it again with other content', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, [bob]);
    const run = await startRun(database.collections, seeded.scope);
    await sync(seeded.tenant, requestFor(seeded, run, [ada, role('bob', { path: '/1/' })]));
    const again = await sync(seeded.tenant, requestFor(seeded, run, [role('ada', { path: '/2/' }), role('bob', { path: '/2/' })]));
    expect(again.entities).toEqual({ ...none, created: 1, updated: 1 });
  });

  it('DATA-03: a writer that is overtaken while it parses writes nothing', async () => {
    const seeded = await seedTenant(database.collections);
    const slow = await startRun(database.collections, seeded.scope);
    let overtaken = false;
    const graph = (async function* () {
      yield* bytesOf(jsonLines(BASE));
      // Everything is parsed; the newer generation writes before the first batch of this one.
      await database.collections.scanScopes.updateOne({ _id: seeded.scope }, { $set: { in_flight: null } });
      const newer = await startRun(database.collections, seeded.scope);
      await sync(seeded.tenant, requestFor(seeded, newer, [role('ada', { path: '/newer/' })]));
      overtaken = true;
    })();
    await expect(sync(seeded.tenant, requestFor(seeded, slow, BASE, { graph }))).rejects.toMatchObject({ name: 'FencedError' });
    expect(overtaken).toBe(true);
    const { entities } = await load(seeded.tenant);
    expect(entities.find((entity) => entity.display_name === 'ada')?.props['path']).toBe('/newer/');
  });

  it('RUN-14: a sync whose run is over writes nothing', async () => {
    const seeded = await seedTenant(database.collections);
    const run = await startRun(database.collections, seeded.scope);
    await createRunRepository(database.collections).markOrphan(seeded.tenant, {
      scope_id: seeded.scope,
      run_id: run.run,
      cells: {},
      now: later(1),
    });
    await expect(sync(seeded.tenant, requestFor(seeded, run, BASE))).rejects.toMatchObject({ name: 'FencedError', subject: run.run });
    expect((await load(seeded.tenant)).entities).toEqual([]);
  });

  it('DATA-01: a bad record anywhere writes nothing', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, [ada]);
    const state = await stateOf(seeded.tenant);
    const run = await startRun(database.collections, seeded.scope);
    const bad = { ...bob, props: { 'Not A Key': 1 } };
    await expect(sync(seeded.tenant, requestFor(seeded, run, [data, ada, bad]))).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'entities[2].props.?',
    });
    await expect(sync(seeded.tenant, requestFor(seeded, run, [{ ...ada, category: 'lambda_functions' }]))).rejects.toMatchObject({
      code: 'GRAPH_UNEXPECTED_CATEGORY',
    });
    expect(await stateOf(seeded.tenant)).toBe(state);
  });

  it('DATA-09: what looks like a secret is scrubbed before storage, in every string', async () => {
    const seeded = await seedTenant(database.collections);
    const canary = `ghp_${'c4n4ry'.repeat(6)}`;
    const leaky: AnyRecord[] = [
      {
        ...role('leak', { note: `token ${canary} in text`, list: ['fine', canary], password: 'plain words here' }),
        display_name: canary,
        native_id: `arn:${canary}`,
        join_keys: [{ k: 'role_arn', v: canary }],
      },
      data,
      { ...appliesTo(ada, data, canary), from: { type: 'role', native_id: `arn:${canary}` }, props: { condition: canary } },
    ];
    const { outcome } = await runOnce(seeded, leaky);
    expect(outcome.scrubbed_strings).toBeGreaterThanOrEqual(8);
    // The edge's end is scrubbed as the entity is: they still meet.
    expect(outcome.dangling_edges).toBe(0);
    for (const collection of await database.db.listCollections().toArray()) {
      const text = JSON.stringify(await database.db.collection(collection.name).find({}).toArray());
      expect(text).not.toContain(canary);
      expect(text).not.toContain('plain words here');
    }
  });

  it('DATA-01: an edge to something that nobody reports is counted, kept, and not given to the stages', async () => {
    const seeded = await seedTenant(database.collections);
    const { outcome } = await runOnce(seeded, [ada, appliesTo(ada, data)]);
    expect(outcome).toMatchObject({ dangling_edges: 1, edges: { created: 1 } });
    expect((await load(seeded.tenant)).edges).toEqual([]);
    await runOnce(seeded, [ada, data, appliesTo(ada, data)]);
    expect((await load(seeded.tenant)).edges).toHaveLength(1);
  });

  it('DATA-04: coverage says how completely each category was last read, and `never` where it was not', async () => {
    const seeded = await seedTenant(database.collections, ['iam_roles', 'lambda_functions', 's3_buckets']);
    const results = { iam_roles: cell(), s3_buckets: cell('partial') };
    await runOnce(seeded, BASE, { results });
    const { coverage, revision } = await load(seeded.tenant);
    expect(coverage.map(({ category, status }) => [category, status])).toEqual([
      ['iam_roles', 'complete'],
      ['lambda_functions', 'never'],
      ['s3_buckets', 'partial'],
    ]);
    await runOnce(seeded, BASE, { results });
    expect((await load(seeded.tenant)).revision).toBe(revision);
    await runOnce(seeded, BASE, { results: { ...results, iam_roles: cell('failed') } });
    expect((await load(seeded.tenant)).revision).not.toBe(revision);
  });

  it('DATA-04: while a sync writes, nothing that it changes counts as completely read', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const run = await startRun(database.collections, seeded.scope);
    // Stopped in the middle: it stays so until a sync ends.
    const stop = new AbortController();
    const dying = requestFor(seeded, run, [role('ada', { path: '/y/' })], {
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'write' && stop.abort(),
    });
    await expect(sync(seeded.tenant, dying)).rejects.toThrow();
    expect((await load(seeded.tenant)).coverage.map(({ status }) => status)).toEqual(['partial', 'partial']);
  });
});

const byHash = (a: { content_hash: string }, b: { content_hash: string }): number => (a.content_hash < b.content_hash ? -1 : 1);

async function countsAndContent(seeded: SeededTenant): Promise<unknown> {
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
}

import { describe, expect, it } from 'vitest';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { withDatabase } from '../support/mongo.ts';
import { bytesOf, jsonLines, role } from './graphs.ts';
import { cell, later, NOW, type SeededTenant, seedTenant, startRun } from './rows.ts';
import { BASE, bob, data, logs, none, requestFor, syncsOf } from './syncs.ts';

const database = withDatabase();
const { sync, load, runOnce, stateOf } = syncsOf(database);

describe('what was not read', () => {
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

describe('writers that are too late', () => {
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
});

import { describe, expect, it } from 'vitest';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { withDatabase } from '../support/mongo.ts';
import { appliesTo, role } from './graphs.ts';
import { cell, closing, newRunId, seedTenant, startRun } from './rows.ts';
import { ada, BASE, bob, data, logs, requestFor, syncsOf } from './syncs.ts';

const database = withDatabase();
const { runOnce } = syncsOf(database);

describe('a graph that was read before', () => {
  it('FLOW-03 DATA-02: is given back while nothing was written, and never once anything was: it is as a graph that is read anew', async () => {
    const graph = createGraphRepository(database.collections);
    const seeded = await seedTenant(database.collections);
    const { tenant, scope, instance } = seeded;
    let known = await graph.loadTenantGraph(tenant);
    /** @returns whether it was given back as it was */
    const after = async (work: () => Promise<unknown>): Promise<boolean> => {
      await work();
      const again = await graph.loadTenantGraph(tenant, { known });
      expect(again).toEqual(await graph.loadTenantGraph(tenant));
      const same = again === known;
      known = again;
      return same;
    };
    const changed = [role('ada', { path: '/x/' }), data, logs, appliesTo(ada, data)];
    let run = { run: newRunId(), generation: 0 };
    const stoppedAfter = (steps: number) => async (): Promise<void> => {
      const abort = new AbortController();
      let seen = 0;
      const onProgress = (): void => void ((seen += 1) === steps && abort.abort(new Error('stopped')));
      const sync = createGraphSync(database.collections, { batch: 1 }).sync(
        tenant,
        requestFor(seeded, run, [bob, logs, role('new')], { signal: abort.signal, onProgress }),
      );
      await expect(sync).rejects.toThrow('stopped');
    };

    expect(await after(() => runOnce(seeded, BASE))).toBe(false);
    expect(await after(async () => undefined)).toBe(true);
    expect(await after(() => runOnce(seeded, changed))).toBe(false);
    // The same rows again: the next generation says so, and nobody has to compare rows.
    expect(await after(() => runOnce(seeded, changed))).toBe(false);
    // A sync that stops and is tried again by the same run: between its tries the coverage says the same, and rows move.
    run = await startRun(database.collections, scope);
    for (const steps of [1, 2, 3]) expect(await after(stoppedAfter(steps))).toBe(false);
    await createRunRepository(database.collections).close(tenant, closing(run.run));
    expect(await after(() => runOnce(seeded, BASE, { results: { iam_roles: cell(), s3_buckets: cell('failed') } }))).toBe(false);
    expect(await after(async () => undefined)).toBe(false);
    expect(await after(() => runOnce(seeded, BASE))).toBe(false);
    expect(await after(async () => undefined)).toBe(true);
    await createInstanceRepository(database.collections).update(tenant, instance, { status: 'disabled' });
    expect(await after(async () => undefined)).toBe(false);
    await createInstanceRepository(database.collections).update(tenant, instance, { status: 'active' });
    expect(await after(async () => undefined)).toBe(false);
  });

  it('API-05: is of no use to another tenant, nor when another repository read it', async () => {
    const graph = createGraphRepository(database.collections);
    const [mine, theirs] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    await runOnce(mine, BASE);
    const known = await graph.loadTenantGraph(mine.tenant);
    expect(await graph.loadTenantGraph(theirs.tenant, { known })).toMatchObject({ tenant_id: theirs.tenant, entities: [], edges: [] });
    expect(await graph.loadTenantGraph(theirs.tenant, { known: { ...known, tenant_id: theirs.tenant } })).toMatchObject({ entities: [] });
    expect(await createGraphRepository(database.collections).loadTenantGraph(mine.tenant, { known })).not.toBe(known);
  });

  it('DATA-02: goes with the scope that it was read from', async () => {
    const graph = createGraphRepository(database.collections);
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const known = await graph.loadTenantGraph(seeded.tenant);
    await createScopeRepository(database.collections).remove(seeded.tenant, seeded.scope);
    expect((await graph.loadTenantGraph(seeded.tenant, { known })).entities).toEqual([]);
  });
});

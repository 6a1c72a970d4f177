import { describe, expect, it } from 'vitest';
import type { CategoryResults, ScanRun } from '../../domain/runs/types.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { withDatabase } from '../support/mongo.ts';
import { cell, closing, later, newRunId, type SeededTenant, seedTenant, startRun } from './rows.ts';

const database = withDatabase();
const runs = () => createRunRepository(database.collections);
const close = (tenant: SeededTenant['tenant'], run_id: ScanRun['_id'], at = later(1)) => runs().close(tenant, closing(run_id, { now: at }));

const collected = (cells: CategoryResults = {}, index = 0) => ({
  cells,
  artifact: { artifact_id: `$run/1-${index}`, digest: 'd', bytes: index },
  isolation: 'none' as const,
  at: later(1 + index),
});

describe('cells', () => {
  it('RUN-07: a cell is stamped once, whoever repeats it', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    const stamped = await Promise.all(
      Array.from({ length: 10 }, (_, index) => runs().stampCell(tenant, run, '__sync', cell('succeeded', index))),
    );
    expect(stamped.filter(Boolean)).toHaveLength(1);
    const row = await runs().get(tenant, run);
    expect(row.category_results['__sync']?.items_scanned).toBe(stamped.indexOf(true));
    expect(await runs().stampCell(tenant, run, '__sync', cell('failed'))).toBe(false);
    expect(await runs().get(tenant, run)).toEqual(row);
  });

  it('RUN-14: nothing is stamped on a run that is over', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    const closed = await close(tenant, run);
    expect(await runs().stampCell(tenant, run, '__eval', cell())).toBe(false);
    expect(await runs().setCollected(tenant, run, collected({ iam_roles: cell() }))).toEqual(closed);
    expect(await runs().setSync(tenant, run, 'sync:x', later(2))).toBe(false);
    expect(await runs().requestDerivation(tenant, run, later(2))).toEqual(closed);
  });

  it('RUN-03, RUN-04, DATA-03: a try of the connector stage is recorded whole or not at all: cells, artifact, isolation and time are of one', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    for (const key of ['__sync', '__mine', 'Bad', 'a.b', '$x', 'constructor.x', ''])
      await expect(runs().setCollected(tenant, run, collected({ [key]: cell() }))).rejects.toMatchObject({ code: 'INVALID_CELL_KEY' });
    const tries = Array.from({ length: 8 }, (_, index) => collected({ iam_roles: cell('partial', index), s3_buckets: cell() }, index));
    const rows = await Promise.all(tries.map((each) => runs().setCollected(tenant, run, each)));
    const row = await runs().get(tenant, run);
    const won = tries.filter(({ artifact }) => artifact.artifact_id === row.artifact?.artifact_id);
    expect(won).toHaveLength(1);
    expect(row).toMatchObject({ isolation: 'none', collected_at: won[0]?.at });
    // Texts stay texts, also those that begin with a dollar.
    expect(row.category_results).toEqual(won[0]?.cells);
    expect(row.artifact).toEqual(won[0]?.artifact);
    expect(rows).toEqual(rows.map(() => row));
    expect(await runs().setCollected(tenant, run, collected({ lambda_functions: cell() }, 9))).toEqual(row);
  });

  it('a sync puts its record on the run, and says when a run without a connector was past it', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    expect(await runs().setSync(tenant, run, '$sync', later(2))).toBe(true);
    expect(await runs().get(tenant, run)).toMatchObject({ sync_id: '$sync', collected_at: later(2) });
    expect(await runs().setSync(tenant, run, '$sync', later(5))).toBe(true);
    expect((await runs().get(tenant, run)).collected_at).toEqual(later(2));
  });

  it('RUN-05: the platform’s set is closed', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    for (const key of ['__other', 'iam_roles', '__sync.items_scanned']) {
      await expect(runs().stampCell(tenant, run, key as never, cell())).rejects.toMatchObject({ code: 'INVALID_CELL_KEY' });
    }
    await expect(runs().close(tenant, closing(run, { cells: { __other: cell() } }))).rejects.toMatchObject({ code: 'INVALID_CELL_KEY' });
  });

  it('RUN-02, RUN-03: close fills in only the cells that are missing, and its first status stays', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    await runs().stampCell(tenant, run, '__sync', cell('succeeded', 7));
    const request = {
      run_id: run,
      status: 'failed',
      reason: 'stage_failed',
      cells: { __sync: cell('skipped'), __chain: cell('failed') },
      cooldown_until: null,
      now: later(4),
    } as const;
    const closed = await runs().close(tenant, request);
    expect(closed).toMatchObject({
      status: 'failed',
      reason: 'stage_failed',
      ended_at: later(4),
      category_results: { __sync: { items_scanned: 7 }, __chain: cell('failed') },
    });
    expect(await runs().close(tenant, { ...request, status: 'succeeded', reason: null, now: later(9) })).toEqual(closed);
    await expect(runs().close(tenant, { ...request, status: 'running' as never })).rejects.toMatchObject({ code: 'INVALID_SCALAR' });
  });
});

describe('joining a derivation pass', () => {
  it('FLOW-03: waiting and pending runs are told apart, and a pass takes each once', async () => {
    const { collections } = database;
    const seeded = await seedTenant(collections);
    const [a, b, c] = [await anotherScope(seeded), await anotherScope(seeded), await anotherScope(seeded)];
    const { tenant } = seeded;
    for (const { run } of [a, b, c]) expect((await runs().setCollected(tenant, run, collected())).collected_at).toEqual(later(1));
    expect(await runs().countPending(tenant)).toBe(3);
    await runs().requestDerivation(tenant, b.run, later(2));
    await runs().requestDerivation(tenant, a.run, later(3));
    await runs().requestDerivation(tenant, a.run, later(9));
    expect(await runs().countPending(tenant)).toBe(1);
    expect((await runs().listWaitingForDerivation(tenant)).map((run) => run._id)).toEqual([b.run, a.run]);

    expect((await runs().assignPass(tenant, [a.run, b.run], 7)).map((run) => run._id)).toEqual([b.run, a.run]);
    expect(await runs().assignPass(tenant, [a.run], 6)).toEqual([]);
    expect((await runs().listPass(tenant, 7)).map((run) => run._id)).toEqual([a.run, b.run].sort());
    for (const key of ['__chain', '__stitch', '__eval', '__evidence'] as const) await runs().stampCell(tenant, a.run, key, cell());
    // What a dead pass left open is found again; what it finished is not.
    expect((await runs().listWaitingForDerivation(tenant)).map((run) => run._id)).toEqual([b.run]);
    expect((await runs().assignPass(tenant, [b.run], 8)).map((run) => run.derivation_pass)).toEqual([8]);
    await close(tenant, c.run);
    expect(await runs().countPending(tenant)).toBe(0);
  });

  async function anotherScope(seeded: SeededTenant) {
    const scope = `${seeded.scope}-${newRunId().slice(0, 6)}` as SeededTenant['scope'];
    const original = await database.collections.scanScopes.findOne({ _id: seeded.scope });
    await database.collections.scanScopes.insertOne({ ...(original as NonNullable<typeof original>), _id: scope });
    return startRun(database.collections, scope);
  }
});

describe('lists', () => {
  it('pages newest first without losing or repeating a run, also where times are equal', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const { run } = await startRun(database.collections, scope, { now: later(Math.floor(index / 3)) });
      await close(tenant, run);
      made.push(run);
    }
    const seen: ScanRun[] = [];
    for (let page = await runs().list(tenant, { limit: 2 }); page.length > 0; ) {
      seen.push(...page);
      const last = page.at(-1) as ScanRun;
      page = await runs().list(tenant, { limit: 2, before: { started_at: last.started_at, run_id: last._id } });
    }
    expect(new Set(seen.map((run) => run._id))).toEqual(new Set(made));
    expect(seen).toHaveLength(7);
    const newest = seen[0] as ScanRun;
    expect((await runs().previousRuns(tenant, newest._id, 3)).map((run) => run._id)).toEqual(seen.slice(1, 4).map((run) => run._id));
    expect(await runs().list(tenant, { status: 'failed' })).toEqual([]);
    expect(await runs().list(tenant, { scope_id: scope, trigger: 'manual_api', limit: 500 })).toHaveLength(7);
  });

  it('RUN-14: the reaper sees running runs of every tenant, oldest first', async () => {
    const [one, two] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    const second = await startRun(database.collections, one.scope, { now: later(-5000) });
    const first = await startRun(database.collections, two.scope, { now: later(-6000) });
    const seen: string[] = [];
    for await (const run of runs().listRunning(later(-4000))) seen.push(run._id);
    expect(seen).toEqual([first.run, second.run]);
  });
});

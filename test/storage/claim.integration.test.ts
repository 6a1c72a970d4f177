import { describe, expect, it } from 'vitest';
import { type RunId, scopeId, tenantId } from '../../domain/ids.ts';
import { connectMongo } from '../../storage/mongo/client.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import type { CloseRequest } from '../../storage/ports/runs.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';
import { cell, claimRequest, closing, later, NOW, newRunId, seedTenant, startRun, trigger } from './rows.ts';

const database = withDatabase();
const runs = () => createRunRepository(database.collections);
const scopes = () => createScopeRepository(database.collections);

/** A failure that cools the scope down for an hour. */
const failing = (run: RunId, change: Partial<CloseRequest> = {}): CloseRequest =>
  closing(run, { status: 'failed', reason: 'connector_failed', cooldown_until: later(3600), now: later(5), ...change });

describe('the connection', () => {
  it('RUN-13: reads what was acknowledged, from the primary and by a majority, whatever the URI says', async () => {
    const hostile = new URL(testMongoUri());
    hostile.searchParams.set('readPreference', 'secondaryPreferred');
    hostile.searchParams.set('w', '1');
    const { client, close } = await connectMongo(hostile.href);
    expect(client.readPreference.mode).toBe('primary');
    expect(client.writeConcern?.w).toBe('majority');
    await close();
  });
});

describe('claim', () => {
  it('RUN-13: of twenty concurrent starts one wins, five times over; losers name the holder and generations rise', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    for (let round = 1; round <= 5; round += 1) {
      const results = await Promise.all(Array.from({ length: 20 }, () => runs().claim(claimRequest(scope))));
      const winners = results.filter((result) => result.claimed);
      expect(winners).toHaveLength(1);
      const winner = winners[0];
      if (winner?.claimed !== true) throw new Error('unreachable');
      expect(winner.run.generation).toBe(round);
      for (const loser of results.filter((result) => !result.claimed)) {
        expect(loser).toMatchObject({ reason: 'in_flight', holder: { run: winner.run._id, workflow_id: winner.run.workflow_id } });
      }
      expect(await runs().list(tenant, { status: 'running' })).toHaveLength(1);
      await runs().close(tenant, closing(winner.run._id, { now: later(round) }));
    }
  });

  it('RUN-13: the same run id claims once; a repetition gives the same row', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const request = claimRequest(scope);
    const results = await Promise.all(Array.from({ length: 8 }, () => runs().claim(request)));
    for (const result of results)
      expect(result).toMatchObject({ claimed: true, run: { _id: request.run_id, generation: 1, tenant_id: tenant } });
    expect(await runs().list(tenant)).toHaveLength(1);
  });

  it('RUN-13: a claim that died before its run was inserted is finished by its repetition with the same generation', async () => {
    const { scope } = await seedTenant(database.collections);
    const request = claimRequest(scope);
    await runs().claim(request);
    await database.collections.scanRuns.deleteOne({ _id: request.run_id });
    expect(await runs().claim(request)).toMatchObject({ claimed: true, run: { generation: 1 } });
  });

  it('RUN-13: a repetition of a claim whose run is over gets nothing and does not hold the scope', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const request = claimRequest(scope);
    await runs().claim(request);
    await runs().close(tenant, closing(request.run_id, { status: 'failed', reason: 'cancelled' }));
    expect(await runs().claim(request)).toMatchObject({ claimed: false, reason: 'run_over' });
    expect((await scopes().get(tenant, scope)).in_flight).toBeNull();
  });

  it('RUN-13: different scopes and tenants claim beside each other', async () => {
    const [one, two] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    const results = await Promise.all([runs().claim(claimRequest(one.scope)), runs().claim(claimRequest(two.scope))]);
    expect(results.map((result) => result.claimed)).toEqual([true, true]);
  });

  it('RUN-11: a cooldown refuses a scheduled start of this scope only, and a manual one overrides it', async () => {
    const [cold, other] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    await scopes().update(cold.tenant, cold.scope, { schedule_id: 'sched-1' });
    const { run } = await startRun(database.collections, cold.scope);
    await runs().close(cold.tenant, failing(run));
    const scheduled = { trigger: trigger('scheduled'), schedule_id: 'sched-1' };
    expect(await runs().claim(claimRequest(cold.scope, { ...scheduled, now: later(3599) }))).toMatchObject({
      reason: 'cooldown',
      until: later(3600),
    });
    expect(await runs().claim(claimRequest(other.scope, { now: later(10) }))).toMatchObject({ claimed: true });
    const manual = await runs().claim(claimRequest(cold.scope, { override_cooldown: true, now: later(10) }));
    expect(manual).toMatchObject({ claimed: true, run: { generation: 2 } });
    if (!manual.claimed) throw new Error('unreachable');
    await runs().close(cold.tenant, closing(manual.run._id, { now: later(5) }));
    expect(await runs().claim(claimRequest(cold.scope, { ...scheduled, now: later(3600) }))).toMatchObject({ claimed: true });
  });

  it('RUN-11: a repeated close neither moves the cooldown nor lets go of a newer claim', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    const close = failing(run, { reason: 'stage_failed', cells: { __driver__: cell('failed') }, cooldown_until: later(60) });
    const first = await runs().close(tenant, close);
    const newer = await startRun(database.collections, scope, { override_cooldown: true });
    expect(await runs().close(tenant, { ...close, now: later(50), cooldown_until: later(900) })).toEqual(first);
    expect(await scopes().get(tenant, scope)).toMatchObject({ in_flight: { run: newer.run }, cooldown_until: later(60) });
  });

  it('RUN-11: a late close that finds another outcome lets go of the scope, without a cooldown', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    // Whoever recorded the timeout died before it released the scope.
    await database.collections.scanRuns.updateOne({ _id: run }, { $set: { status: 'timeout', reason: 'orphaned' } });
    await runs().close(tenant, failing(run));
    expect(await scopes().get(tenant, scope)).toMatchObject({ in_flight: null, cooldown_until: new Date(0) });
  });

  it('RUN-11: a close that is repeated because it died half-way sets the cooldown then', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    await database.collections.scanRuns.updateOne({ _id: run }, { $set: { status: 'failed', reason: 'connector_failed' } });
    await runs().close(tenant, failing(run));
    expect(await scopes().get(tenant, scope)).toMatchObject({ in_flight: null, cooldown_until: later(3600) });
  });

  it('CRED-05: unknown scopes, foreign tenants and foreign schedules are "not found", and write nothing', async () => {
    const [mine, theirs] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    await scopes().update(mine.tenant, mine.scope, { schedule_id: 'sched-mine' });
    const refused = await Promise.all([
      runs().claim(claimRequest(scopeId('s-nowhere'))),
      runs().claim(claimRequest(mine.scope, { expected_tenant: theirs.tenant })),
      // A scan scope is not handed to an ingest or a leaf of the gate.
      runs().claim(claimRequest(mine.scope, { kind: 'ingest' })),
      runs().claim(claimRequest(mine.scope, { kind: 'gate' })),
      runs().claim(claimRequest(mine.scope, { trigger: trigger('scheduled') })),
      runs().claim(claimRequest(mine.scope, { trigger: trigger('scheduled'), schedule_id: 'sched-theirs' })),
      runs().claim(claimRequest(theirs.scope, { trigger: trigger('scheduled'), schedule_id: 'sched-mine' })),
    ]);
    for (const result of refused) expect(result).toEqual({ claimed: false, reason: 'not_found' });
    expect((await scopes().get(mine.tenant, mine.scope)).generation).toBe(0);
    expect(await runs().list(mine.tenant)).toEqual([]);
  });

  it('CRED-05: a run id that is another tenant’s is "not found"', async () => {
    const [mine, theirs] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    const { run } = await startRun(database.collections, theirs.scope);
    expect(await runs().claim(claimRequest(mine.scope, { run_id: run }))).toEqual({ claimed: false, reason: 'not_found' });
    expect((await scopes().get(mine.tenant, mine.scope)).in_flight).toBeNull();
  });

  it('CRED-05: a scope whose instance is a row of another tenant has no start', async () => {
    const [mine, theirs] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    await database.collections.scanScopes.updateOne({ _id: mine.scope }, { $set: { instance_id: theirs.instance } });
    expect(await scopes().findForStart(mine.scope)).toBeNull();
    expect(await runs().claim(claimRequest(mine.scope))).toEqual({ claimed: false, reason: 'not_found' });
  });

  it.each(['tenant', 'instance', 'scope'] as const)('CRED-05: nothing starts while the %s is not active', async (what) => {
    const { tenant, instance, scope } = await seedTenant(database.collections);
    if (what === 'tenant') await createTenantRepository(database.collections).setStatus(tenant, 'suspended');
    if (what === 'instance') await createInstanceRepository(database.collections).update(tenant, instance, { status: 'disabled' });
    if (what === 'scope') await scopes().update(tenant, scope, { status: 'disabled' });
    expect(await runs().claim(claimRequest(scope))).toMatchObject({ claimed: false, reason: 'inactive', what });
  });

  it('RUN-14: an orphan is marked timeout with its cells, its scope is free, and a late close changes nothing', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    const held = [];
    for await (const row of scopes().listHeld(new Date(Date.now() + 60_000))) held.push(row);
    expect(held).toContainEqual(
      expect.objectContaining({ tenant_id: tenant, scope_id: scope, in_flight: expect.objectContaining({ run }) }),
    );

    const orphan = { scope_id: scope, run_id: run, cells: { __sync: cell('skipped') }, now: later(9) };
    expect(await runs().markOrphan(tenant, orphan)).toMatchObject({ status: 'timeout', reason: 'orphaned', ended_at: later(9) });
    const late = await runs().close(tenant, closing(run, { cells: { __eval: cell() }, cooldown_until: later(99), now: later(20) }));
    expect(late).toMatchObject({ status: 'timeout', category_results: { __sync: { status: 'skipped' } } });
    expect(late.category_results).not.toHaveProperty('__eval');
    expect(await runs().stampCell(tenant, run, '__chain', cell())).toBe(false);
    expect(await scopes().get(tenant, scope)).toMatchObject({ in_flight: null, cooldown_until: new Date(0) });
  });

  it('RUN-14: a claim whose run was never inserted is released', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const run = newRunId();
    await database.collections.scanScopes.updateOne(
      { _id: scope },
      { $set: { in_flight: { run, workflow_id: 'w' }, last_claimed_at: NOW, generation: 1 } },
    );
    expect(await runs().markOrphan(tenant, { scope_id: scope, run_id: run, cells: {}, now: later(1) })).toBeNull();
    expect(await runs().claim(claimRequest(scope))).toMatchObject({ claimed: true, run: { generation: 2 } });
  });

  it('API-05: a missing tenant is an error', async () => {
    for (const missing of [undefined, null, '', {}, { $ne: null }]) {
      await expect(runs().list(missing as never)).rejects.toMatchObject({ name: 'InvalidInputError' });
      await expect(runs().find(missing as never, newRunId())).rejects.toMatchObject({ name: 'InvalidInputError' });
      await expect(scopes().find(tenantId('t-x'), missing as never)).rejects.toMatchObject({ name: 'InvalidInputError' });
    }
  });
});

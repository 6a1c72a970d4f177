import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAP_MARGIN_MS, type ReapDeps, type ReapResult, sweepAll } from '../../activities/reap.ts';
import type { Started } from '../../api/ports.ts';
import { createWorkflowSweeper, ensureReaper } from '../../cli/compose/reaper.ts';
import { runId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import { DERIVE_CELLS, STAGE_CELLS } from '../../domain/runs/types.ts';
import { reaperScheduleId } from '../../workflows/messages.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(async () => {
  await pipeline.client.schedule
    .getHandle(reaperScheduleId(pipeline.queues.pipeline))
    .delete()
    .catch(() => undefined);
  await pipeline.close();
});

const LATER = REAP_MARGIN_MS + 60_000;
const quiet = { signal: new AbortController().signal, report: () => undefined };
const statusOf = async ({ workflow_id }: Started) => (await pipeline.client.workflow.getHandle(workflow_id).describe()).status.name;
const scopeOf = (tenant: TenantId, scope: ScopeId) => pipeline.storage.scopes.get(tenant, scope);

function deps(change: Partial<ReapDeps> = {}): ReapDeps {
  const { scopes, runs, lookups } = pipeline.storage;
  const workflows = createWorkflowSweeper(pipeline.client, pipeline.queues.pipeline);
  return { scopes, runs, tenantOfRun: lookups.tenantOfRun, workflows, now: () => new Date(), ...change };
}

const later =
  (ms: number): (() => Date) =>
  () =>
    new Date(Date.now() + ms);

/** A scan that does not end by itself, its child at work. */
async function slowRun(): Promise<{ tenant: TenantId; scope: ScopeId; started: Started }> {
  const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'slow' }, budgetSeconds: 3_600 });
  const started = await pipeline.start(scope);
  const pending = async () =>
    (await pipeline.client.workflow.getHandle(started.workflow_id).describe()).raw.pendingActivities?.[0]?.activityType?.name;
  await expect.poll(pending, { timeout: 20_000 }).toBe('runConnector');
  return { tenant, scope, started };
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
}

const terminate = (started: Started) => pipeline.client.workflow.getHandle(started.workflow_id).terminate('test');

describe('the reaper, from records to workflows', () => {
  it('RUN-14: a run whose workflow is closed is timeout at once, its cells are complete, its scope is free; again changes nothing', async () => {
    const { tenant, scope, started } = await slowRun();
    await terminate(started);
    const reap = (unique: string): Promise<ReapResult> =>
      pipeline.client.workflow.execute('reap', { workflowId: `reap/${scope}/${unique}`, taskQueue: pipeline.queues.pipeline, args: [] });
    expect(await reap('1')).toMatchObject({ orphaned: 1, overdue: 0 });
    const run = await pipeline.run(tenant, started.run_id);
    expect(run).toMatchObject({ status: 'timeout', reason: 'orphaned' });
    expect(Object.keys(run.category_results).sort()).toEqual([...STAGE_CELLS].sort());
    expect(run.category_results['__sync']).toMatchObject({ errors: [{ code: 'ORPHANED', class: 'orphan' }] });
    expect(DERIVE_CELLS.map((cell) => run.category_results[cell]?.status)).toEqual(DERIVE_CELLS.map(() => 'skipped'));
    expect(await scopeOf(tenant, scope)).toMatchObject({ in_flight: null, cooldown_until: new Date(0) });
    expect(await reap('2')).toMatchObject({ orphaned: 0, overdue: 0, terminated: 0 });
    expect(await pipeline.run(tenant, started.run_id)).toEqual(run);
  });

  it('RUN-14: a claim whose run was never written is let go of when its workflow is gone', async () => {
    const { tenant, scope } = await pipeline.probeScope();
    const lost = runId('00000000-0000-4000-8000-000000000001');
    await pipeline.storage.collections.scanScopes.updateOne(
      { _id: scope },
      { $set: { in_flight: { run: lost, workflow_id: 'scan/never/was' }, last_claimed_at: new Date(), generation: 4 } },
    );
    expect(await sweepAll(deps(), quiet)).toMatchObject({ orphaned: 1 });
    expect(await scopeOf(tenant, scope)).toMatchObject({ in_flight: null, generation: 4 });
    expect((await pipeline.scan(scope)).generation).toBe(5);
  });

  it('RUN-14: a running record that no scope holds is found as well', async () => {
    const { tenant, scope, started } = await slowRun();
    await terminate(started);
    await pipeline.storage.collections.scanScopes.updateOne({ _id: scope }, { $set: { in_flight: null } });
    expect(await sweepAll(deps(), quiet)).toMatchObject({ orphaned: 1 });
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({ status: 'timeout', reason: 'orphaned' });
  });

  it('RUN-14: an open run is left alone within its budget; when that is over by the margin its work is stopped, then it is timeout', async () => {
    const { tenant, scope, started } = await slowRun();
    expect(await sweepAll(deps(), quiet)).toMatchObject({ orphaned: 0, overdue: 0, terminated: 0 });
    // Opened by a worker whose clock is three hours behind: the record's deadline is long over, the time since the claim is not.
    const { started_at, deadline_at } = await pipeline.run(tenant, started.run_id);
    const behind = (at: Date): Date => new Date(at.getTime() - 3 * 3_600_000);
    const set = (times: object) => pipeline.storage.collections.scanRuns.updateOne({ _id: started.run_id }, { $set: times });
    await set({ started_at: behind(started_at), deadline_at: behind(deadline_at) });
    expect(await sweepAll(deps(), quiet)).toMatchObject({ overdue: 0 });
    await set({ started_at, deadline_at });
    // A second more: the claim is dated by the database, a moment after the run.
    const over = new Date(Date.now() - REAP_MARGIN_MS - 1_000);
    await pipeline.storage.collections.scanRuns.updateOne(
      { _id: started.run_id },
      { $set: { deadline_at: new Date(over.getTime() + 60_000) } },
    );
    expect(await sweepAll(deps(), quiet)).toMatchObject({ overdue: 0 });
    expect(await statusOf(started)).toBe('RUNNING');
    await pipeline.storage.collections.scanRuns.updateOne({ _id: started.run_id }, { $set: { deadline_at: over } });
    expect(await sweepAll(deps(), quiet)).toMatchObject({ orphaned: 0, overdue: 1 });
    expect(await statusOf(started)).toBe('TERMINATED');
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({ status: 'timeout', reason: 'orphaned' });
    expect((await scopeOf(tenant, scope)).in_flight).toBeNull();
  });
});

describe('the reaper, from workflows to records', () => {
  it('RUN-14: an open workflow without a record is ended, its claim is let go of; a healthy one beside it goes on', async () => {
    const [lost, healthy] = [await slowRun(), await slowRun()];
    await pipeline.storage.collections.scanRuns.deleteOne({ _id: lost.started.run_id });
    expect(await sweepAll(deps(), quiet)).toMatchObject({ terminated: 0 });
    expect(await sweepAll(deps({ now: later(LATER) }), quiet)).toMatchObject({ terminated: 1, orphaned: 1 });
    expect(await statusOf(lost.started)).toBe('TERMINATED');
    expect((await scopeOf(lost.tenant, lost.scope)).in_flight).toBeNull();
    expect(await statusOf(healthy.started)).toBe('RUNNING');
    expect((await pipeline.run(healthy.tenant, healthy.started.run_id)).status).toBe('running');
    await terminate(healthy.started);
    await sweepAll(deps(), quiet);
  });

  it('RUN-14 RUN-15: a start that gets its record between the two looks at it is left alone', async () => {
    const { tenant, started } = await slowRun();
    const { runs, lookups } = pipeline.storage;
    const workflows = createWorkflowSweeper(pipeline.client, pipeline.queues.pipeline);
    let looks = 0;
    const opening: Partial<ReapDeps> = {
      now: later(LATER),
      // What the reaper sees of a run that waited through an outage and is opened while it looks.
      tenantOfRun: async (run) => (run === started.run_id && (looks += 1) === 1 ? null : await lookups.tenantOfRun(run)),
      workflows: {
        ...workflows,
        async *listOpen() {
          for await (const open of workflows.listOpen()) if (open.run_id === started.run_id) yield open;
        },
      },
      scopes: { async *listHeld() {} },
      runs: { ...runs, async *listRunning() {} },
    };
    expect(await sweepAll(deps(opening), quiet)).toMatchObject({ looked_at: 1, terminated: 0 });
    expect(looks).toBe(2);
    expect(await statusOf(started)).toBe('RUNNING');
    await terminate(started);
    await sweepAll(deps(), quiet);
    expect((await pipeline.run(tenant, started.run_id)).status).toBe('timeout');
  });

  it('RUN-14: an open workflow whose run is over is ended, and the run stays as it was', async () => {
    const { tenant, started } = await slowRun();
    const closed = await pipeline.storage.runs.close(tenant, {
      run_id: started.run_id,
      status: 'failed',
      reason: 'cancelled',
      cells: {},
      cooldown_until: null,
      now: new Date(),
    });
    expect(await sweepAll(deps(), quiet)).toMatchObject({ terminated: 0 });
    expect(await sweepAll(deps({ now: later(LATER) }), quiet)).toMatchObject({ terminated: 1 });
    expect(await statusOf(started)).toBe('TERMINATED');
    expect(await pipeline.run(tenant, started.run_id)).toEqual(closed);
  });

  it('RUN-14 RUN-15: a start that waits for a worker has no record yet, and is left alone however long it waits', async () => {
    const idle = await openPipeline({ worker: false });
    try {
      const { scope } = await idle.probeScope();
      const started = await idle.start(scope);
      const workflows = createWorkflowSweeper(idle.client, idle.queues.pipeline);
      await expect.poll(async () => await countOf(workflows.listOpen()), { timeout: 10_000 }).toBe(1);
      const { scopes, runs, lookups } = idle.storage;
      const result = await sweepAll({ scopes, runs, tenantOfRun: lookups.tenantOfRun, workflows, now: later(24 * 3_600_000) }, quiet);
      expect(result).toMatchObject({ looked_at: 1, terminated: 0 });
      await idle.startWorker();
      expect(await idle.control.result(started)).toMatchObject({ status: 'succeeded' });
    } finally {
      await idle.close();
    }
  });
});

describe('the reaper and a run that ends at the same time', () => {
  it('RUN-14: in 200 rounds there is one terminal status, the first, and nothing that comes later changes it', {
    timeout: 180_000,
  }, async () => {
    const { tenant, scope } = await pipeline.probeScope();
    const { runs, scopes } = pipeline.storage;
    const seen: Record<string, number> = {};
    for (let round = 0; round < 200; round += 1) {
      const run_id = runId(`00000000-0000-4000-9000-${`${round}`.padStart(12, '0')}`);
      const claimed = await runs.claim({
        scope_id: scope,
        run_id,
        workflow_id: `scan/${scope}/race-${round}`,
        derive_cells: DERIVE_CELLS,
        now: new Date(),
        override_cooldown: false,
        trigger: { type: 'manual_api', source: 'test', triggered_by_user_id: 'test' },
      });
      expect(claimed.claimed).toBe(true);
      const close = () =>
        runs.close(tenant, { run_id, status: 'succeeded', reason: null, cells: {}, cooldown_until: null, now: new Date() });
      // The success comes before the reaper's look, between look and write, just before or just after its write was sent, or too late.
      const place = (['look', 'read', 'ahead', 'behind', 'late'] as const)[round % 5];
      const sweeping: ReapDeps = deps({
        scopes: {
          async *listHeld() {
            for await (const held of scopes.listHeld(new Date(Date.now() + 60_000))) if (held.in_flight.run === run_id) yield held;
          },
        },
        runs: {
          ...runs,
          async *listRunning() {},
          get: async (...args) => {
            const row = await runs.get(...args);
            if (place === 'read') await close();
            return row;
          },
          markOrphan: async (...args) => {
            const before = place === 'ahead' ? close() : null;
            const marked = runs.markOrphan(...args);
            await Promise.all([before, marked, place === 'behind' ? close() : null]);
            return await marked;
          },
        },
        workflows: {
          isClosed: async () => {
            if (place === 'look') await close();
            return true;
          },
          async *listOpen() {},
          isOpening: async () => false,
          terminate: async () => undefined,
        },
      });
      await sweepAll(sweeping, quiet);
      const first = await runs.get(tenant, run_id);
      const expected = place === 'late' ? ['timeout'] : place === 'look' || place === 'read' ? ['succeeded'] : ['succeeded', 'timeout'];
      expect(expected).toContain(first.status);
      seen[`${place} ${first.status}`] = (seen[`${place} ${first.status}`] ?? 0) + 1;
      await close();
      await runs.markOrphan(tenant, { scope_id: scope, run_id, cells: {}, now: new Date() });
      expect(await runs.get(tenant, run_id)).toEqual(first);
      expect((await scopeOf(tenant, scope)).in_flight).toBeNull();
    }
    process.stdout.write(`success against reaper, 200 rounds: ${JSON.stringify(seen)}\n`);
  });
});

describe("the reaper's schedule", () => {
  it('RUN-14: is every five minutes, made once by however many workers, sweeps, and stays paused when an operator paused it', async () => {
    const queue = pipeline.queues.pipeline;
    await Promise.all([ensureReaper(pipeline.client, queue), ensureReaper(pipeline.client, queue), ensureReaper(pipeline.client, queue)]);
    const handle = pipeline.client.schedule.getHandle(reaperScheduleId(queue));
    expect(await handle.describe()).toMatchObject({
      spec: { intervals: [{ every: 300_000 }] },
      policies: { overlap: 'SKIP', catchupWindow: 60_000 },
      action: { workflowType: 'reap', taskQueue: queue },
    });
    const { tenant, started } = await slowRun();
    await terminate(started);
    await handle.trigger();
    await expect.poll(async () => (await pipeline.run(tenant, started.run_id)).status, { timeout: 20_000 }).toBe('timeout');
    await handle.pause('for the test');
    await ensureReaper(pipeline.client, queue);
    expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'for the test' });
    expect(reaperScheduleId('pipeline')).toBe('sv0-reaper');
  });
});

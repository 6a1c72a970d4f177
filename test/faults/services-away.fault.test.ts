import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { describe, it } from 'vitest';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { PROJECT } from '../../cli/folders.ts';
import { readDevConfig } from '../../cli/services/dev-config.ts';
import { ensurePythonTools } from '../../cli/services/python-tools.ts';
import { bringTemporal } from '../../cli/services/temporal.ts';
import { type ScopeId, tenantId } from '../../domain/ids.ts';
import { STAGE_CELLS } from '../../domain/runs/types.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { demoScopes, openDemo } from '../support/demo-tenant.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { startWireBreaker } from '../support/wire-breaker.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

/** A server whose state outlives it, on one port, so that those who were connected find it again. */
async function lastingTemporal() {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-temporal-'));
  const { temporal: config } = await readDevConfig(join(PROJECT, 'temporal-dev.yaml'));
  const [port, uiPort] = [await getPort(), await getPort()];
  const tools = () =>
    ensurePythonTools(join(PROJECT, '.sv0', 'services', 'python'), join(PROJECT, 'cli', 'services', 'requirements.txt'), () => undefined);
  const databaseFile = join(folder, 'temporal.db');
  const start = () => bringTemporal({ address: undefined, uiUrl: undefined, config, port, uiPort, databaseFile, logFolder: folder, tools });
  let running = await start();
  return {
    address: running.address,
    goAway: async () => await running.process?.stop(),
    comeBack: async () => {
      running = await start();
    },
    close: async () => {
      await running.process?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The nominal times of the scans that a scope's schedule started, ascending. */
async function nominalTimes({ client }: TestPipeline, scope: ScopeId): Promise<readonly number[]> {
  const times: number[] = [];
  for await (const { searchAttributes } of client.workflow.list({ query: `TemporalScheduledById = '${scanScheduleId(scope)}'` })) {
    const [at] = searchAttributes['TemporalScheduledStartTime'] ?? [];
    if (at instanceof Date) times.push(at.getTime());
  }
  return times.sort((a, b) => a - b);
}

const PERIOD_MS = 12_000;

// Each test has its own `expect`: the shared one loses its test when another ends.
describe.concurrent('a service that goes away and comes back', { timeout: 240_000 }, () => {
  it('FLOW-04 RUN-15: after an outage of Temporal a schedule makes up for one time at most, and a scan that was on its way ends well', async ({
    expect,
  }) => {
    const temporal = await lastingTemporal();
    const pipeline = await openPipeline({ temporalAddress: temporal.address });
    try {
      const { client, queues, storage } = pipeline;
      const schedules = createSchedules({ client, queues, storage, now: () => new Date() });
      const { scope: regular } = await pipeline.probeScope();
      await schedules.set({ scope_id: regular, tenant_hint: null, by: 'test' }, { kind: 'interval', every_seconds: 60 });
      // As it is made, catching up over one period; only five times as fast.
      await client.schedule.getHandle(scanScheduleId(regular)).update((present) => {
        expect(present.policies.catchupWindow).toBe(60_000);
        return {
          ...present,
          spec: { intervals: [{ every: PERIOD_MS }] },
          policies: { ...present.policies, catchupWindow: PERIOD_MS },
        };
      });
      await expect.poll(async () => (await nominalTimes(pipeline, regular)).length, { timeout: 60_000 }).toBeGreaterThan(0);

      const { tenant, scope: slow } = await pipeline.probeScope({ params: { sleep_ms: 6_000 } });
      const started = await pipeline.start(slow);
      await expect.poll(async () => (await storage.runs.find(tenant, started.run_id))?.status, { timeout: 30_000 }).toBe('running');
      await temporal.goAway();
      const away = Date.now();
      await expect.poll(() => Date.now() - away, { timeout: 60_000, interval: 500 }).toBeGreaterThan(3 * PERIOD_MS + 2_000);
      await temporal.comeBack();
      const back = Date.now();

      await expect
        .poll(async () => (await nominalTimes(pipeline, regular)).some((at) => at > back), { timeout: 60_000, interval: 500 })
        .toBe(true);
      const missed = (await nominalTimes(pipeline, regular)).filter((at) => at > away && at <= back);
      process.stdout.write(
        `Temporal was away over ${Math.floor((back - away) / PERIOD_MS)} scheduled times: ${missed.length} made up for\n`,
      );
      expect(missed.length).toBeLessThanOrEqual(1);
      await expect.poll(async () => (await pipeline.run(tenant, started.run_id)).status, { timeout: 60_000 }).toBe('succeeded');
      expect(await storage.runs.list(tenant)).toHaveLength(1);
    } finally {
      await pipeline.close();
      await temporal.close();
    }
  });

  it('RUN-11 RUN-17: a database away for longer than the retries ends the run failed, without a cooldown, and the next one does it all', async ({
    expect,
  }) => {
    const pipeline = await openPipeline({ worker: false });
    const demo = await openDemo(pipeline);
    const [tenant, scope] = [tenantId('contoso'), demoScopes('contoso')[0] as ScopeId];
    const breaker = await startWireBreaker(pipeline.settings.uri);
    const worker = await startWorkerProcess(pipeline, { mongodbUri: breaker.uri });
    try {
      const caught = breaker.armed(['insert', 'entities']);
      const running = pipeline.scan(scope);
      expect(await Promise.race([caught.then(() => 'caught'), running.then(() => 'over')])).toBe('caught');
      const row = await pipeline.storage.scopes.get(tenant, scope);
      const handle = pipeline.client.workflow.getHandle(row.in_flight?.workflow_id ?? '');
      const closing = async (): Promise<boolean> =>
        ((await handle.fetchHistory()).events ?? []).some(
          (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'closeRun',
        );
      await expect.poll(closing, { timeout: 120_000, interval: 500 }).toBe(true);
      breaker.heal();

      const failed = await running;
      expect(failed.status).toBe('failed');
      expect(failed.category_results['__sync']).toMatchObject({ status: 'failed', errors: [{ class: 'transient' }] });
      for (const cell of STAGE_CELLS.filter((name) => name !== '__sync'))
        expect(failed.category_results[cell]).toMatchObject({ status: 'skipped' });
      expect(await pipeline.storage.scopes.get(tenant, scope)).toMatchObject({ in_flight: null, cooldown_until: new Date(0) });
      const next = await pipeline.scan(scope);
      expect(next.status).toBe('succeeded');
      expect(next.category_results['__sync']?.items_scanned).toBe(
        await pipeline.storage.collections.entities.countDocuments({ tenant_id: tenant, removed: false }),
      );
    } finally {
      await worker.kill();
      await breaker.close();
      await demo.close();
      await pipeline.close();
    }
  });
});

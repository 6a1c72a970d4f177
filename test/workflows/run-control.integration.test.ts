import { readdir, readFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchedules } from '../../cli/compose/schedules.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { disturbedRounds } from '../support/derivation-rounds.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(() => pipeline.close());

/** Children of this pipeline that run the probe: its worker is in this process, other tests have theirs at the same time. */
async function childrenNow(): Promise<number> {
  const parents = new Map<string, string>();
  const probes: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [line, stat] = await Promise.all(['cmdline', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
    // proc(5): the name in parentheses may hold anything; behind it stand the state and the parent.
    parents.set(pid, /^.*\) \S (\d+)/s.exec(stat ?? '')?.[1] ?? '');
    const words = (line ?? '').split('\0');
    // The connector itself, and not what boxes it.
    if (words[0]?.endsWith('node') && words.some((word) => word.endsWith('probe.mjs'))) probes.push(pid);
  }
  const isOurs = (pid: string | undefined): boolean => pid === String(process.pid) || (!!pid && isOurs(parents.get(pid)));
  return probes.filter(isOurs).length;
}

describe('starts of one scope from everywhere at once', { timeout: 240_000 }, () => {
  it('RUN-13 RUN-08: 50 starts by hand, by retry and by schedule: never two runs at once, and every run is linked to what started it', async () => {
    const { tenant, scope } = await pipeline.probeScope({ scope: 'contended', params: { sleep_ms: 300 } });
    const first = await pipeline.scan(scope);
    const schedules = createSchedules({
      client: pipeline.client,
      queues: pipeline.queues,
      storage: pipeline.storage,
      now: () => new Date(),
    });
    const asked = { scope_id: scope, tenant_hint: null, by: 'test' };
    await schedules.set(asked, { kind: 'interval', every_seconds: 86_400 });

    let most = 0;
    const over = new AbortController();
    const watch = (async () => {
      // A child lives 300 ms: none is missed, and the machine has time for them.
      for await (const _ of setInterval(30)) {
        most = Math.max(most, await childrenNow());
        if (over.signal.aborted) return;
      }
    })();
    const by = { user_id: 'test', tenant_hint: null, idempotency_key: null } as const;
    const manual = { ...by, scope_id: scope, trigger_type: 'manual_api', override_cooldown: true } as const;
    const starts = Array.from({ length: 50 }, (_, index) => {
      if (index % 10 === 9) return schedules.triggerNow(asked).then(() => null);
      if (index % 3 === 0) return pipeline.control.retry({ ...by, run_id: first._id, source: 'api' });
      return pipeline.control.start({ ...manual, source: index % 2 === 0 ? 'cli' : 'api' });
    });
    const settled = await Promise.allSettled(starts);
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'SCOPE_IN_FLIGHT' });
      else if (result.value !== null) await pipeline.control.result(result.value);
    }
    const runsOf = () =>
      pipeline.storage.collections.scanRuns.find({ tenant_id: tenant, scope_id: scope }).sort({ started_at: 1 }).toArray();
    await expect.poll(async () => (await runsOf()).filter((run) => run.status === 'running').length, { timeout: 60_000 }).toBe(0);
    over.abort();
    await watch;
    await schedules.set(asked, null);
    await expect(pipeline.client.schedule.getHandle(scanScheduleId(scope)).describe()).rejects.toThrow();

    const runs: readonly ScanRun[] = await runsOf();
    expect(runs.length).toBeGreaterThan(1);
    for (const [index, run] of runs.entries()) {
      const next = runs[index + 1];
      if (next !== undefined) expect(next.started_at.getTime()).toBeGreaterThanOrEqual(run.ended_at?.getTime() ?? Number.POSITIVE_INFINITY);
      if (run.trigger.retry_of !== undefined) expect(run.trigger).toMatchObject({ type: 'manual_api', retry_of: first._id });
    }
    expect(new Set(runs.map((run) => run.generation)).size).toBe(runs.length);
    expect(most).toBe(1);
  });
});

describe('a start with an idempotency key', () => {
  it('API-02: gives its first answer again, also when the scope was switched off meanwhile; a new key is refused', async () => {
    const { tenant, scope } = await pipeline.probeScope({ scope: 'keyed' });
    const asked = {
      scope_id: scope,
      tenant_hint: null,
      trigger_type: 'manual_api',
      source: 'api',
      user_id: 'test',
      override_cooldown: true,
    } as const;
    const first = await pipeline.control.start({ ...asked, idempotency_key: 'once' });
    await pipeline.control.result(first);
    await pipeline.storage.scopes.update(tenant, scope, { status: 'disabled' });
    expect(await pipeline.control.start({ ...asked, idempotency_key: 'once' })).toEqual(first);
    await expect(pipeline.control.start({ ...asked, idempotency_key: 'twice' })).rejects.toMatchObject({ code: 'SCOPE_NOT_ACTIVE' });
    await expect(pipeline.control.start({ ...asked, override_cooldown: false, idempotency_key: 'once' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});

describe('scans and a gate of one tenant at the same time', { timeout: 300_000 }, () => {
  // Fifty rounds: npm run prove:rounds.
  it('FLOW-03 GATE-03: whatever meets whatever, what is derived is as after a quiet, serial run', async () => {
    expect(await disturbedRounds(pipeline, 3, 20_261_122, (line) => void process.stdout.write(`${line}\n`))).toEqual([]);
  });
});

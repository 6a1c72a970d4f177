import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { gateScopeId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

vi.setConfig({ testTimeout: 120_000 });

let pipeline: TestPipeline;
let api: TestApi;
let scheduled: { tenant: TenantId; scope: ScopeId };

beforeAll(async () => {
  pipeline = await openPipeline();
  api = await openApi(pipeline);
  scheduled = await pipeline.probeScope();
});
afterAll(async () => {
  await pipeline.client.schedule
    .getHandle(scanScheduleId(scheduled.scope))
    .delete()
    .catch(() => undefined);
  await api.close();
  await pipeline.close();
});

const sv0 = (...words: readonly string[]) => api.sv0(words);

/** Processes whose arguments name this pipeline's own folder: its connector children and what boxes them. */
async function children(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
  return lines.filter((line) => line.includes(pipeline.stateDir));
}

describe('sv0 scopes', () => {
  it('FLOW-04: schedules, shows, pauses, resumes, triggers and mends', async () => {
    const { scope, tenant } = scheduled;
    const set = await sv0('scopes', 'schedule', scope, '--cron', '0 2 * * *', '--timezone', 'Europe/Berlin', '--json');
    expect(set.code).toBe(0);
    expect(JSON.parse(set.out)).toMatchObject({
      scope_id: scope,
      schedule_id: `scan:${scope}`,
      schedule: { kind: 'cron' },
    });
    const shown = await api.child(['--api', api.url, 'scopes', 'show', scope], { env: { SV0_API_URL: 'https://elsewhere.example' } });
    expect(shown.out).toContain('At 02:00 AM (Europe/Berlin)');
    expect(shown.out.match(/\d{4}-\d\d-\d\dT0[01]:0\d:\d\d/g)).toHaveLength(5);
    expect((await sv0('scopes', 'pause', scope, '--note', 'moving house')).code).toBe(0);
    const rows = JSON.parse((await sv0('scopes', 'list', '--tenant', tenant, '--json')).out);
    expect(rows).toEqual([expect.objectContaining({ id: scope, paused: expect.objectContaining({ note: 'moving house' }) })]);
    expect((await sv0('scopes', 'resume', scope)).code).toBe(0);
    await pipeline.client.schedule.getHandle(scanScheduleId(scope)).pause('elsewhere');
    const drift = await sv0('scopes', 'drift', '--json');
    expect([drift.code, JSON.parse(drift.out)]).toEqual([
      1,
      [expect.objectContaining({ scope_id: scope, drift: 'changed', differs: ['paused'] })],
    ]);
    expect((await sv0('scopes', 'drift', '--repair')).code).toBe(0);
    expect((await sv0('scopes', 'trigger', scope)).code).toBe(0);
    await expect
      .poll(async () => (await pipeline.storage.runs.list(tenant, { scope_id: scope }))[0]?.trigger.type, { timeout: 20_000 })
      .toBe('scheduled');
    expect((await sv0('scopes', 'schedule', scope, '--none')).code).toBe(0);
    expect((await pipeline.storage.scopes.get(tenant, scope)).schedule_id).toBeNull();
  });

  it.each([
    [['--cron', '0 0 31 2 *'], 'CRON_NEVER_FIRES', 'schedule.expression'],
    [['--every', '59'], 'INVALID_INTERVAL', 'schedule.every_seconds'],
    [['--cron', '0 2 * * *', '--timezone', 'Mars/Olympus'], 'UNKNOWN_TIMEZONE', 'schedule.timezone'],
    [['--cron', '0 2 * * *', '--every', '60'], 'SCHEDULE_AMBIGUOUS', 'schedule'],
  ])('FLOW-04: bad input %j exits 2 and names the field', async (args, code, field) => {
    const { tenant, scope } = await pipeline.probeScope();
    const before = await pipeline.storage.scopes.get(tenant, scope);
    const said = await sv0('scopes', 'schedule', scope, ...args);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.err).toContain(code);
    expect(said.err).toContain(`${field}: expected`);
    expect(await pipeline.storage.scopes.get(tenant, scope)).toEqual(before);
  });

  it('exits 2 for what is not there, and 1 for what the state does not allow', async () => {
    const { scope } = await pipeline.probeScope();
    expect((await sv0('scopes', 'show', 'nowhere')).code).toBe(2);
    expect((await sv0('scopes', 'pause', scope)).code).toBe(2);
    expect(await sv0('scopes', 'trigger', scope)).toMatchObject({ code: 1, err: expect.stringContaining('SCOPE_NOT_SCHEDULED') });
  });
});

describe('sv0 ingest and sv0 rematerialize', () => {
  it('API-01 GATE-01: a graph of a file goes in, its run is waited for, and what is derived is built again', async () => {
    const { tenant } = await pipeline.probeScope();
    const file = join(pipeline.stateDir, 'graph.jsonl');
    const header = { schema: 'sv0.normalized-graph/1', source_system: 'probe', source_tenant: `source-${tenant}` };
    await writeFile(file, `${JSON.stringify(header)}\n`);
    const said = await sv0('ingest', `${tenant}-probe`, file, '--complete', 'things', '--wait', '--json');
    expect([said.err, said.code]).toEqual(['', 0]);
    expect(JSON.parse(said.out)).toMatchObject({
      status: 'succeeded',
      trigger: { source: 'ingest', triggered_by_user_id: 'local-operator' },
    });
    expect((await sv0('ingest', `${tenant}-probe`, file, '--complete', 'ghosts')).err).toContain('UNKNOWN_CATEGORY');
    expect(await sv0('ingest', 'nowhere', file)).toMatchObject({ code: 2, err: expect.stringContaining('INSTANCE_NOT_FOUND') });
    const gate = await sv0('rematerialize', '--tenant', tenant, '--json');
    expect([gate.code, JSON.parse(gate.out)]).toMatchObject([0, { tenants: 1, succeeded: 1, failed: 0, stale_after: 0 }]);
    expect((await sv0('rematerialize', '--tenant', 'nowhere')).code).toBe(2);
  });
});

describe('sv0 runs', () => {
  it('RUN-08: lists, shows and retries; the retry is linked and passes the cooldown', async () => {
    const { scope, tenant } = await pipeline.probeScope({ params: { mode: 'denied' } });
    const failed = await pipeline.scan(scope);
    const rows = JSON.parse((await sv0('runs', 'list', '--scope', scope, '--json')).out);
    expect(rows).toEqual([expect.objectContaining({ id: failed._id, status: 'failed', reason: 'all_categories_failed' })]);
    expect((await sv0('runs', 'list', '--tenant', tenant, '--status', 'succeeded')).out).toBe('no run\n');
    expect((await sv0('runs', 'show', failed._id)).out).toContain('PROBE_FAILED: the probe was told to fail; who should act: customer');
    await pipeline.storage.scopes.update(tenant, scope, { params: { mode: 'ok' } });
    const retried = await sv0('runs', 'retry', failed._id, '--wait', '--json');
    expect(retried.code).toBe(0);
    const run = JSON.parse(retried.out) as { id: string };
    expect(run).toMatchObject({
      status: 'succeeded',
      scope_id: scope,
      trigger: { type: 'manual_api', source: 'cli', retry_of: failed._id },
    });
    expect((await sv0('runs', 'show', run.id)).out).toContain(`a retry of ${failed._id}`);
  });

  it('RUN-02: cancel ends the run within ten seconds, and no process of its connector is left', async () => {
    const { scope, tenant } = await pipeline.probeScope({ params: { mode: 'slow' } });
    const started = JSON.parse((await sv0('scan', scope, '--json')).out) as { run_id: ScanRun['_id'] };
    await expect.poll(async () => (await children()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const from = Date.now();
    await pipeline.control.cancel({ run_id: started.run_id, tenant_hint: tenant, source: 'cli', user_id: 'cli:test' });
    await expect.poll(async () => (await pipeline.run(tenant, started.run_id)).status, { timeout: 15_000, interval: 50 }).toBe('failed');
    const took = Date.now() - from;
    process.stdout.write(`cancel: the run ended after ${took} ms\n`);
    expect(took).toBeLessThan(10_000);
    expect(await children()).toEqual([]);
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({ reason: 'cancelled' });
    expect((await pipeline.storage.scopes.get(tenant, scope)).in_flight).toBeNull();
    expect(await sv0('runs', 'cancel', started.run_id)).toMatchObject({ code: 1, err: expect.stringContaining('RUN_IS_OVER') });
  });

  it('RUN-02: cancel --wait says how the run ended', async () => {
    const { scope } = await pipeline.probeScope({ params: { mode: 'slow' } });
    const started = JSON.parse((await sv0('scan', scope, '--json')).out) as { run_id: string };
    await expect.poll(async () => (await children()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const said = await sv0('runs', 'cancel', started.run_id, '--wait', '--json');
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toEqual({ run_id: started.run_id, cancel_requested: true, status: 'failed', reason: 'cancelled' });
    expect(await children()).toEqual([]);
  });

  it('RUN-13 CRED-05: a scan of a tenant that is not active is refused at the field, exits 2 and starts nothing', async () => {
    const { scope, tenant } = await pipeline.probeScope();
    await pipeline.storage.tenants.setStatus(tenant, 'suspended');
    const said = await sv0('scan', scope);
    expect(said).toMatchObject({ code: 2, out: '', err: expect.stringContaining('scope_id: expected an active scope of an active') });
    expect(await pipeline.client.workflow.count(`WorkflowId STARTS_WITH 'scan/${scope}/'`)).toMatchObject({ count: 0 });
  });

  it('exits 2 for what is not there and for bad input', async () => {
    const unknown = '00000000-0000-4000-8000-00000000dead';
    for (const args of [
      ['show', unknown],
      ['retry', unknown],
      ['cancel', unknown],
      ['show', '$ne'],
      ['list', '--limit', '0'],
      ['list', '--status', 'ready'],
      ['list', '--scope', 'nowhere'],
    ]) {
      expect((await sv0('runs', ...args)).code).toBe(2);
    }
  });
});

// 0, 2 and 10: test/workflows/gate.integration.test.ts.
describe('sv0 deploy-gate', () => {
  it('GATE-02 GATE-04 GATE-05: exits 1 and names the tenant when one failed, 124 when its time is up', async () => {
    for await (const tenant of pipeline.storage.tenants.listActiveIds()) await pipeline.storage.tenants.setStatus(tenant, 'suspended');
    const [good, bad] = [await pipeline.probeScope(), await pipeline.probeScope()];
    // Another tenant's row stands where this one's would be made: its leaf is "not found".
    await pipeline.storage.scopes.create(good.tenant, {
      _id: gateScopeId(bad.tenant),
      instance_id: null,
      kind: 'gate',
      name: 'planted',
      categories: [],
      budget: { max_runtime_seconds: 60 },
      created_at: new Date(0),
    });
    const repository = join(pipeline.stateDir, 'repository');
    await mkdir(join(repository, 'domain', 'chains'), { recursive: true });
    const git = async (...args: string[]): Promise<string> =>
      (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: repository })).stdout;
    await git('init', '-q', '-b', 'main');
    await git('commit', '-q', '--allow-empty', '-m', 'before');
    await writeFile(join(repository, 'domain', 'chains', 'build.ts'), 'x');
    await git('add', '.');
    await git('commit', '-q', '-m', 'after');
    const merge = ['deploy-gate', '--repo', repository, '--base', 'HEAD~1', '--head', 'HEAD'];

    const failed = await sv0(...merge);
    expect(failed).toMatchObject({
      code: 1,
      out: expect.stringContaining('2 tenants: 1 succeeded, 0 skipped (no longer active), 1 failed'),
    });
    expect(failed.out).toContain(`failed: ${bad.tenant}: SCOPE_NOT_FOUND`);

    const nobody = { SV0_TASK_QUEUE_PIPELINE: `nobody-${pipeline.queues.pipeline}` };
    const late = await api.sv0([...merge, '--attempt', '2', '--timeout', '1', '--json'], { env: nobody });
    expect(late).toMatchObject({ code: 124, out: '', err: expect.stringMatching(/timed out; gate\/[0-9a-f]{40}-2 goes on/) });
  });
});

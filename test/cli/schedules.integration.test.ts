import { ScheduleNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchedules, type Schedules } from '../../cli/compose/schedules.ts';
import { scheduleDemo } from '../../cli/demo/seed.ts';
import { type RunId, scopeId, type ScopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { ScanResult } from '../../domain/runs/types.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { jitterSeconds, nextTimes } from '../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import { type ScanInput, scanScheduleId } from '../../workflows/messages.ts';
import { demoScopes, openDemo } from '../support/demo-tenant.ts';
import { openPipeline, type ProbeOptions, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
let schedules: Schedules;
const made = new Set<string>();

beforeAll(async () => {
  pipeline = await openPipeline();
  const { client, queues, storage } = pipeline;
  schedules = createSchedules({ client, queues, storage, now: () => new Date() });
});
afterAll(async () => {
  for (const id of made)
    await handleOf(id)
      .delete()
      .catch(() => undefined);
  await pipeline.close();
});

const HOURLY: ScopeSchedule = { kind: 'interval', every_seconds: 3_600 };
const handleOf = (id: string) => pipeline.client.schedule.getHandle(id);
const describeOf = (scope: ScopeId) => handleOf(scanScheduleId(scope)).describe();
const ask = (scope_id: ScopeId, tenant_hint: TenantId | null = null) => ({ scope_id, tenant_hint, by: 'cli:test' });
const rowOf = (tenant: TenantId, scope: ScopeId) => pipeline.storage.scopes.get(tenant, scope);

async function probe(options: ProbeOptions = {}): Promise<{ tenant: TenantId; scope: ScopeId }> {
  const seeded = await pipeline.probeScope(options);
  made.add(scanScheduleId(seeded.scope));
  return seeded;
}

/** What came of the newest action of a schedule. */
async function resultOf(scheduleId: string, actions = 1): Promise<{ result: ScanResult; run_id: RunId }> {
  await expect.poll(async () => (await handleOf(scheduleId).describe()).info.numActionsTaken, { timeout: 20_000 }).toBe(actions);
  const action = (await handleOf(scheduleId).describe()).info.recentActions.at(-1)?.action.workflow;
  const handle = pipeline.client.workflow.getHandle(action?.workflowId ?? '', action?.firstExecutionRunId);
  return { result: (await handle.result()) as ScanResult, run_id: action?.firstExecutionRunId as RunId };
}

describe('a scope and its schedule', () => {
  it('FLOW-04: is made, changed and taken away, and applying it again does nothing', async () => {
    const { tenant, scope } = await probe({ budgetSeconds: 100 });
    expect(await schedules.set(ask(scope), HOURLY)).toBe('created');
    expect(await rowOf(tenant, scope)).toMatchObject({ schedule: HOURLY, schedule_id: `scan:${scope}`, paused: null });
    expect(await schedules.apply(scope)).toBe('unchanged');
    expect(await describeOf(scope)).toMatchObject({
      spec: { intervals: [{ every: 3_600_000, offset: expect.any(Number) }] },
      policies: { overlap: 'SKIP', catchupWindow: 3_600_000, pauseOnFailure: false },
      action: {
        workflowType: 'scan',
        taskQueue: pipeline.queues.pipeline,
        args: [{ scope_id: scope, override_cooldown: false, queues: pipeline.queues }],
        workflowRunTimeout: 100_000 + 7_200_000,
        priority: { fairnessKey: tenant },
      },
      state: { paused: false },
    });
    expect(await schedules.set(ask(scope), { kind: 'interval', every_seconds: 120 })).toBe('updated');
    expect(await describeOf(scope)).toMatchObject({ spec: { intervals: [{ every: 120_000 }] }, policies: { catchupWindow: 120_000 } });
    expect(await schedules.set(ask(scope), null)).toBe('deleted');
    await expect(describeOf(scope)).rejects.toBeInstanceOf(ScheduleNotFoundError);
    expect(await rowOf(tenant, scope)).toMatchObject({ schedule: null, schedule_id: null });
    expect(await schedules.apply(scope)).toBe('unchanged');
    const actions = (await pipeline.storage.audit.list(tenant)).map(({ action, outcome, actor }) => `${action} ${outcome} ${actor}`);
    expect(actions).toContain('schedule_set done cli:test');
    expect(actions).toContain('schedule_removed done cli:test');
  });

  it('FLOW-04: of two who change it at once the row decides: a resume that comes while a pause is on its way is not paused again', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    const { client, queues, storage } = pipeline;
    let raced = false;
    const findForStart: typeof storage.scopes.findForStart = async (id) => {
      const chain = await storage.scopes.findForStart(id);
      if (!raced && (chain?.scope.paused ?? null) !== null) {
        raced = true;
        await schedules.resume(ask(scope));
      }
      return chain;
    };
    const slow = createSchedules({
      client,
      queues,
      storage: { ...storage, scopes: { ...storage.scopes, findForStart } },
      now: () => new Date(),
    });
    await slow.pause(ask(scope), 'an incident');
    expect(raced).toBe(true);
    expect(await rowOf(tenant, scope)).toMatchObject({ paused: null });
    expect(await describeOf(scope)).toMatchObject({ state: { paused: false } });
    expect(await schedules.apply(scope)).toBe('unchanged');
  });

  it.each([
    '*/15 9-17 * * MON-FRI',
    '0 2 * * *',
    '5/10 * * * *',
    '30 4 1,15 * *',
    '0 0 * * 7',
    '0 0 29 2 *',
    '0,20,50 8-10,14 * JAN-MAR SUN,WED',
  ])('FLOW-04: the server reads %s as we do', async (expression) => {
    const { scope } = await probe();
    const schedule = { kind: 'cron', expression, timezone: 'America/New_York' } as const;
    expect(await schedules.set(ask(scope), schedule)).toBe('created');
    expect(await schedules.apply(scope)).toBe('unchanged');
    const nominal = nextTimes(schedule, scope, new Date(), 3).map((time) => time.getTime());
    const { info } = await describeOf(scope);
    for (const [index, time] of nominal.entries()) {
      const late = (info.nextActionTimes[index]?.getTime() ?? 0) - time;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(jitterSeconds(schedule) * 1_000);
    }
  });

  it('FLOW-04: the next times of an interval are those of the server', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    const row = await rowOf(tenant, scope);
    expect(await schedules.nextTimes(row, 4)).toEqual(nextTimes(HOURLY, scope, new Date(), 4));
  });

  it('FLOW-04: scopes of one instance and one cron time are spread over the jitter, each always at the same place', async () => {
    const { tenant, scope } = await probe();
    const { instance_id } = await rowOf(tenant, scope);
    const firsts = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const id = scopeId(`${tenant}-spread-${index}`);
        made.add(scanScheduleId(id));
        await pipeline.storage.scopes.create(tenant, {
          _id: id,
          instance_id,
          kind: 'scan',
          name: 'spread',
          categories: ['things'],
          budget: { max_runtime_seconds: 60 },
          created_at: new Date(),
        });
        await schedules.set(ask(id), { kind: 'cron', expression: '0 3 * * *', timezone: 'UTC' });
        const times = [await describeOf(id), await describeOf(id)].map(({ info }) => info.nextActionTimes[0]?.getTime());
        expect(times[1]).toBe(times[0]);
        return times[0];
      }),
    );
    expect(new Set(firsts).size).toBe(12);
    expect(Math.max(...firsts.map(Number)) - Math.min(...firsts.map(Number))).toBeGreaterThan(60_000);
  });

  it('FLOW-04: pause keeps the note, resume goes on, and both are audited', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    expect(await schedules.pause(ask(scope), ' the source moves ')).toBe('updated');
    expect((await describeOf(scope)).state).toMatchObject({ paused: true, note: 'the source moves' });
    expect((await rowOf(tenant, scope)).paused).toMatchObject({ note: 'the source moves', by: 'cli:test' });
    expect(await schedules.nextTimes(await rowOf(tenant, scope), 3)).toEqual([]);
    // A new time does not end the pause.
    await schedules.set(ask(scope), { kind: 'interval', every_seconds: 7_200 });
    expect((await describeOf(scope)).state.paused).toBe(true);
    expect(await schedules.resume(ask(scope))).toBe('updated');
    expect((await describeOf(scope)).state.paused).toBe(false);
    expect((await rowOf(tenant, scope)).paused).toBeNull();
    const actions = (await pipeline.storage.audit.list(tenant)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['schedule_paused', 'schedule_resumed']));
  });

  it('FLOW-04: a disabled scope loses its schedule, and gets it back', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    await pipeline.storage.scopes.update(tenant, scope, { status: 'disabled' });
    expect(await schedules.apply(scope)).toBe('deleted');
    await pipeline.storage.scopes.update(tenant, scope, { status: 'active' });
    expect(await schedules.apply(scope)).toBe('created');
  });
});

describe('bad input', () => {
  it.each<[string, ScopeSchedule, string]>([
    ['a cron that never fires', { kind: 'cron', expression: '0 0 30 2 *', timezone: 'UTC' }, 'schedule.expression'],
    ['an interval below the floor', { kind: 'interval', every_seconds: 59 }, 'schedule.every_seconds'],
    ['a time zone that does not exist', { kind: 'cron', expression: '0 2 * * *', timezone: 'Mars/Olympus' }, 'schedule.timezone'],
  ])('FLOW-04: %s is refused at its field and changes nothing', async (_, schedule, field) => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    const before = await rowOf(tenant, scope);
    await expect(schedules.set(ask(scope), schedule)).rejects.toMatchObject({ name: 'InvalidInputError', field });
    expect(await rowOf(tenant, scope)).toEqual(before);
    expect(await schedules.apply(scope)).toBe('unchanged');
  });

  it('CRED-05: a scope that is not there, is of another tenant, or is no scan scope is "not found"', async () => {
    const [mine, theirs] = [await probe(), await probe()];
    for (const request of [ask(scopeId('nowhere')), ask(theirs.scope, mine.tenant)]) {
      await expect(schedules.set(request, HOURLY)).rejects.toMatchObject({ name: 'NotFoundError' });
      await expect(schedules.pause(request, 'x')).rejects.toMatchObject({ name: 'NotFoundError' });
      await expect(schedules.triggerNow(request)).rejects.toMatchObject({ name: 'NotFoundError' });
    }
    expect((await rowOf(theirs.tenant, theirs.scope)).schedule).toBeNull();
  });

  it('FLOW-04: of a tenant that is not active nothing is triggered', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    await pipeline.storage.tenants.setStatus(tenant, 'suspended');
    const before = await rowOf(tenant, scope);
    await expect(schedules.triggerNow(ask(scope))).rejects.toMatchObject({ name: 'InvalidInputError', field: 'scope_id' });
    expect(await rowOf(tenant, scope)).toEqual(before);
    expect(await schedules.apply(scope)).toBe('deleted');
  });

  it('FLOW-04: without a schedule there is nothing to pause, resume or trigger; a pause says why', async () => {
    const { scope } = await probe();
    for (const work of [
      () => schedules.pause(ask(scope), 'x'),
      () => schedules.resume(ask(scope)),
      () => schedules.triggerNow(ask(scope)),
    ]) {
      await expect(work()).rejects.toMatchObject({ name: 'ConflictError', code: 'SCOPE_NOT_SCHEDULED' });
    }
    await expect(schedules.pause(ask(scope), '  ')).rejects.toMatchObject({ code: 'INVALID_NOTE', field: 'note' });
  });
});

describe('what a schedule starts', () => {
  it('FLOW-04 RUN-08: is stamped `scheduled`, with the schedule as its source', async () => {
    const { tenant, scope } = await probe();
    await schedules.set(ask(scope), HOURLY);
    await schedules.triggerNow(ask(scope));
    const { result, run_id } = await resultOf(scanScheduleId(scope));
    expect(result).toMatchObject({ status: 'succeeded', run_id });
    const run = await pipeline.run(tenant, run_id);
    expect(run.trigger).toEqual({ type: 'scheduled', source: `schedule:scan:${scope}`, triggered_by_user_id: null });
    // What `runs cancel --wait` asks.
    expect(await pipeline.control.outcome(tenant, { run_id, workflow_id: run.workflow_id }, 0)).toEqual({
      status: 'over',
      run_status: 'succeeded',
    });
    const { tenant: stranger } = await probe();
    const theirs = pipeline.control.outcome(stranger, { run_id, workflow_id: run.workflow_id }, 0);
    await expect(theirs).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('CRED-05: is refused where the schedule is not the scope’s own, whatever its input says', async () => {
    const [mine, theirs] = [await probe(), await probe()];
    await schedules.set(ask(mine.scope), HOURLY);
    await schedules.set(ask(theirs.scope), HOURLY);
    const foreign = `scan:${mine.scope}-foreign`;
    made.add(foreign);
    const input: ScanInput = {
      scope_id: theirs.scope,
      trigger: { type: 'manual_api', source: 'cli', triggered_by_user_id: 'me' },
      override_cooldown: true,
      queues: pipeline.queues,
    };
    const action = { type: 'startWorkflow', workflowType: 'scan', taskQueue: pipeline.queues.pipeline, args: [input] } as const;
    await pipeline.client.schedule.create({ scheduleId: foreign, spec: { intervals: [{ every: '1h' }] }, action });
    await handleOf(foreign).trigger();
    expect((await resultOf(foreign)).result).toEqual({ refused: 'not_found' });
    // The other tenant's own schedule, bent to this scope.
    await handleOf(scanScheduleId(mine.scope)).update((present) => ({ ...present, action }));
    await handleOf(scanScheduleId(mine.scope)).trigger();
    expect((await resultOf(scanScheduleId(mine.scope))).result).toEqual({ refused: 'not_found' });
    expect(await pipeline.storage.runs.list(theirs.tenant)).toEqual([]);
    expect((await rowOf(theirs.tenant, theirs.scope)).generation).toBe(0);
  });

  it('RUN-11 RUN-08: is refused by a cooldown, without a record; a retry passes it, is linked and audited; other scopes are not slowed', async () => {
    const { tenant, scope } = await probe({ params: { mode: 'denied' }, cooldownSeconds: 600 });
    const other = await probe({ tenant, scope: 'other' });
    await schedules.set(ask(scope), HOURLY);
    await schedules.set(ask(other.scope), HOURLY);
    const failed = await pipeline.scan(scope);
    expect(failed.status).toBe('failed');
    await schedules.triggerNow(ask(scope));
    const { cooldown_until } = await rowOf(tenant, scope);
    expect((await resultOf(scanScheduleId(scope))).result).toEqual({ refused: 'cooldown', until: cooldown_until.toISOString() });
    expect(await pipeline.storage.runs.list(tenant, { scope_id: scope })).toHaveLength(1);
    await schedules.triggerNow(ask(other.scope));
    expect((await resultOf(scanScheduleId(other.scope))).result).toMatchObject({ status: 'succeeded' });

    await pipeline.storage.scopes.update(tenant, scope, { params: { mode: 'ok' } });
    const started = await pipeline.control.retry({
      run_id: failed._id,
      tenant_hint: tenant,
      source: 'cli',
      user_id: 'cli:test',
      idempotency_key: null,
    });
    await pipeline.control.result(started);
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({
      status: 'succeeded',
      scope_id: scope,
      trigger: { type: 'manual_api', source: 'cli', triggered_by_user_id: 'cli:test', retry_of: failed._id },
    });
    const audit = await pipeline.storage.audit.list(tenant);
    expect(audit).toContainEqual(
      expect.objectContaining({
        action: 'cooldown_overridden',
        actor: 'cli:test',
        subject: expect.objectContaining({ scope_id: scope, retry_of: failed._id }),
      }),
    );
  });

  it('FLOW-04 RUN-13: does not overlap a run of the schedule that still goes on', async () => {
    const { tenant, scope } = await probe({ params: { sleep_ms: 3_000 } });
    await schedules.set(ask(scope), HOURLY);
    for (let round = 0; round < 3; round += 1) await schedules.triggerNow(ask(scope));
    await expect.poll(async () => (await describeOf(scope)).info.numActionsSkippedOverlap, { timeout: 10_000 }).toBe(2);
    expect((await resultOf(scanScheduleId(scope))).result).toMatchObject({ status: 'succeeded' });
    expect(await pipeline.storage.runs.list(tenant)).toHaveLength(1);
  });
});

describe('drift', () => {
  it('FLOW-04: is shown and repaired: missing, changed, unwanted and unknown schedules; another deployment’s are left alone', async () => {
    await schedules.repair('cli:test');
    expect(await schedules.drift()).toEqual([]);
    const [missing, moved, paused, unwanted] = [await probe(), await probe(), await probe(), await probe()];
    for (const { scope } of [missing, moved, paused, unwanted]) await schedules.set(ask(scope), HOURLY);
    await handleOf(scanScheduleId(missing.scope)).delete();
    await handleOf(scanScheduleId(moved.scope)).update((present) => ({
      ...present,
      spec: { intervals: [{ every: '1m' }] },
      policies: { ...present.policies, overlap: 'ALLOW_ALL' },
    }));
    await handleOf(scanScheduleId(paused.scope)).pause('by somebody in the Web UI');
    await pipeline.storage.scopes.update(unwanted.tenant, unwanted.scope, { schedule: null });
    const strays = [`scan:${missing.tenant}-gone`, `scan:${missing.tenant}-elsewhere`] as const;
    for (const [index, scheduleId] of strays.entries()) {
      made.add(scheduleId);
      const taskQueue = index === 0 ? pipeline.queues.pipeline : 'another-deployment';
      await pipeline.client.schedule.create({
        scheduleId,
        spec: {},
        action: { type: 'startWorkflow', workflowType: 'scan', taskQueue, args: [] },
      });
    }
    const expected = [
      { schedule_id: scanScheduleId(missing.scope), drift: 'missing', differs: [] },
      { schedule_id: scanScheduleId(moved.scope), drift: 'changed', differs: ['times', 'policies'] },
      { schedule_id: scanScheduleId(paused.scope), drift: 'changed', differs: ['paused'] },
      { schedule_id: scanScheduleId(unwanted.scope), drift: 'unwanted', differs: [] },
      { schedule_id: strays[0], drift: 'unknown', differs: [], scope_id: null },
    ].sort((a, b) => (a.schedule_id < b.schedule_id ? -1 : 1));
    // The list of schedules is eventually consistent.
    await expect.poll(() => schedules.drift(), { timeout: 20_000 }).toMatchObject(expected);
    expect(await schedules.repair('cli:test')).toMatchObject(expected);
    const record = { action: 'schedule_repaired', outcome: 'done', actor: 'cli:test' };
    for (const { tenant, scope } of [missing, moved, paused, unwanted])
      expect((await pipeline.storage.audit.list(tenant))[0]).toMatchObject({ ...record, subject: { scope_id: scope } });
    expect((await pipeline.storage.audit.list(PLATFORM))[0]).toMatchObject({ ...record, subject: { schedule_id: strays[0] } });
    await expect.poll(() => schedules.drift(), { timeout: 20_000 }).toEqual([]);
    expect(await describeOf(moved.scope)).toMatchObject({ spec: { intervals: [{ every: 3_600_000 }] }, policies: { overlap: 'SKIP' } });
    expect((await describeOf(paused.scope)).state.paused).toBe(false);
    await expect(describeOf(unwanted.scope)).rejects.toBeInstanceOf(ScheduleNotFoundError);
    await expect(handleOf(strays[0]).describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
    expect((await handleOf(strays[1]).describe()).action.taskQueue).toBe('another-deployment');
  });
});

describe('the demo', () => {
  it('FLOW-04: gives its scopes a schedule that a start which scans once takes away; another that somebody set stays', async () => {
    const emulators = await openDemo(pipeline);
    const scopes = ['northwind', 'contoso'].flatMap((tenant) => demoScopes(tenant).map((scope) => ({ tenant: tenantId(tenant), scope })));
    for (const { scope } of scopes) made.add(scanScheduleId(scope));
    try {
      await scheduleDemo(pipeline.storage, schedules, true);
      const offsets = await Promise.all(scopes.map(async ({ scope }) => (await describeOf(scope)).spec.intervals?.[0]));
      expect(offsets.map((interval) => interval?.every)).toEqual(scopes.map(() => 900_000));
      expect(new Set(offsets.map((interval) => interval?.offset)).size).toBe(scopes.length);
      const [first, ...others] = scopes;
      if (first === undefined) throw new Error('the demo has no scope');
      await schedules.set(ask(first.scope), HOURLY);
      await scheduleDemo(pipeline.storage, schedules, true);
      await scheduleDemo(pipeline.storage, schedules, false);
      expect((await rowOf(first.tenant, first.scope)).schedule).toEqual(HOURLY);
      for (const { scope } of others) await expect(describeOf(scope)).rejects.toBeInstanceOf(ScheduleNotFoundError);
    } finally {
      await emulators.close();
    }
  });
});

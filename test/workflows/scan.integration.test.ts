import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRIVER_CELL, STAGE_CELLS, type ScanResult } from '../../domain/runs/types.ts';
import { QUERIES, type RunProgress, type ScanInput, scanWorkflowId, SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { SUMMARIES } from '../../workflows/summaries.ts';
import { activityNames, activitySchedule } from '../support/history.ts';
import { openPipeline, PROBE_TOKEN, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(async () => {
  await pipeline.close();
});

const historyOf = async (workflowId: string) => await pipeline.client.workflow.getHandle(workflowId).fetchHistory();

describe('a scan', () => {
  it('FLOW-01 RUN-03 RUN-05: is one workflow whose stages stamp their five cells on one scan_runs record', async () => {
    const { tenant, scope } = await pipeline.probeScope();
    const run = await pipeline.scan(scope);
    expect(run).toMatchObject({ status: 'succeeded', reason: null, tenant_id: tenant, scope_id: scope, connector: 'probe' });
    expect(Object.keys(run.category_results).sort()).toEqual([...STAGE_CELLS, 'others', 'things'].sort());
    for (const cell of Object.values(run.category_results)) {
      expect(Object.keys(cell).sort()).toEqual(['ended_at', 'errors', 'items_scanned', 'started_at', 'status']);
    }
    expect(run.category_results['__sync']).toMatchObject({ status: 'succeeded', items_scanned: 6 });
    expect(new Set(activityNames(await historyOf(run.workflow_id)))).toEqual(
      new Set(['openRun', 'resolveCredentials', 'runConnector', 'syncGraph', 'askForDerivation', 'closeRun']),
    );
  });

  it('RUN-01 RUN-09: the run is the root; its sync record is pinned and there is no second run collection', async () => {
    const { tenant, scope } = await pipeline.probeScope();
    const run = await pipeline.scan(scope);
    const sync = await pipeline.storage.syncs.get(tenant, run.sync_id ?? '');
    expect(sync).toMatchObject({ run_id: run._id, entities: { created: 6, updated: 0, removed: 0, unchanged: 0 } });
    const names = (await pipeline.storage.connection.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.includes('run'))).toEqual(['scan_runs']);
  });

  it('RUN-09 DATA-02: a second scan of an unchanged source changes nothing', async () => {
    const { scope } = await pipeline.probeScope();
    await pipeline.scan(scope);
    const second = await pipeline.scan(scope);
    expect(second.category_results['__sync']).toMatchObject({ status: 'succeeded', items_scanned: 0 });
    expect(second.generation).toBe(2);
  });

  it('RUN-10: a failed category makes the run partial, is recorded, and what it did not read stays', async () => {
    const { tenant, scope } = await pipeline.probeScope();
    await pipeline.scan(scope);
    await pipeline.storage.scopes.update(tenant, scope, { params: { mode: 'partial' } });
    const run = await pipeline.scan(scope);
    expect(run).toMatchObject({ status: 'partial', reason: 'some_categories_failed' });
    // The first of the scope's categories: they are kept in order.
    expect(run.category_results['others']).toMatchObject({ status: 'failed', errors: [{ code: 'PROBE_FAILED', actor: 'customer' }] });
    expect(STAGE_CELLS.map((cell) => run.category_results[cell]?.status)).toEqual(STAGE_CELLS.map(() => 'succeeded'));
    expect((await pipeline.storage.counts.of(tenant)).entities).toBe(6);
  });

  it('RUN-02 RUN-11: when all categories are denied the run failed, later stages are skipped, and a cooldown begins', async () => {
    const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'denied' }, cooldownSeconds: 600 });
    const run = await pipeline.scan(scope);
    expect(run).toMatchObject({ status: 'failed', reason: 'all_categories_failed' });
    expect(STAGE_CELLS.map((cell) => run.category_results[cell]?.status)).toEqual(STAGE_CELLS.map(() => 'skipped'));
    const { cooldown_until, in_flight } = await pipeline.storage.scopes.get(tenant, scope);
    expect(cooldown_until.getTime()).toBeGreaterThan(Date.now() + 500_000);
    expect(in_flight).toBeNull();
  });

  it('RUN-06: a connector that crashes is a __driver__ failure, tried once', async () => {
    const { scope } = await pipeline.probeScope({ params: { mode: 'crash' } });
    const run = await pipeline.scan(scope);
    expect(run).toMatchObject({
      status: 'failed',
      reason: 'connector_failed',
      isolation: expect.stringMatching(/^(bubblewrap|namespaces|uid|none)$/),
    });
    expect(run.category_results[DRIVER_CELL]).toMatchObject({
      status: 'failed',
      errors: [{ code: 'CONNECTOR_EXITED', class: 'persistent' }],
    });
    expect(activitySchedule(await historyOf(run.workflow_id))['runConnector']).toHaveLength(1);
  });

  it('FLOW-02 RUN-17: a connector that ends with 75 is tried at 0, 1, 3 and 7 s, then the run failed without a cooldown', async () => {
    const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'transient' } });
    const run = await pipeline.scan(scope);
    const times = activitySchedule(await historyOf(run.workflow_id))['runConnector'] ?? [];
    process.stdout.write(
      `retry times of runConnector in seconds, from history: ${times.map((ms) => (ms / 1_000).toFixed(2)).join(', ')}\n`,
    );
    expect(times).toHaveLength(4);
    for (const [index, least] of [0, 1_000, 3_000, 7_000].entries()) expect(times[index]).toBeGreaterThanOrEqual(least);
    expect(run).toMatchObject({ status: 'failed' });
    expect((await pipeline.storage.scopes.get(tenant, scope)).cooldown_until.getTime()).toBe(0);
  });

  it('RUN-12: a connector that exceeds the budget is killed and the run is a timeout', async () => {
    const { scope } = await pipeline.probeScope({ params: { mode: 'slow' }, budgetSeconds: 3 });
    const run = await pipeline.scan(scope);
    expect(run).toMatchObject({ status: 'timeout', reason: 'budget_exceeded' });
    expect(run.category_results[DRIVER_CELL]).toMatchObject({ status: 'timeout', errors: [{ class: 'timeout' }] });
  });

  it('RUN-02: a cancelled run is failed with the reason cancelled, and its scope is free', async () => {
    const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'slow' } });
    const started = await pipeline.start(scope);
    await expect
      .poll(
        async () =>
          (await pipeline.client.workflow.getHandle(started.workflow_id).describe()).raw.pendingActivities?.[0]?.activityType?.name,
        { timeout: 20_000 },
      )
      .toBe('runConnector');
    await pipeline.control.cancel({ run_id: started.run_id, tenant_hint: null, source: 'cli', user_id: 'test' });
    await pipeline.control.result(started);
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect((await pipeline.storage.scopes.get(tenant, scope)).in_flight).toBeNull();
  });

  it('RUN-08: an input cannot claim to be scheduled', async () => {
    const { scope } = await pipeline.probeScope();
    const input: ScanInput = {
      scope_id: scope,
      trigger: { type: 'scheduled', source: 'schedule:mine', triggered_by_user_id: null },
      override_cooldown: false,
      queues: pipeline.queues,
    };
    const result = await pipeline.client.workflow.execute('scan', {
      workflowId: scanWorkflowId(scope, 'forged'),
      taskQueue: pipeline.queues.pipeline,
      args: [input],
    });
    expect(result).toEqual({ refused: 'not_found' });
  });

  it('FLOW-08: the run is found by tenant, scope, run, connector and outcome', async () => {
    const { tenant, scope } = await pipeline.probeScope();
    const run = await pipeline.scan(scope);
    const { searchAttributes } = await pipeline.client.workflow.getHandle(run.workflow_id).describe();
    expect(searchAttributes).toMatchObject({
      [SEARCH_ATTRIBUTES.tenant]: [tenant],
      [SEARCH_ATTRIBUTES.scope]: [scope],
      [SEARCH_ATTRIBUTES.run]: [run._id],
      [SEARCH_ATTRIBUTES.connector]: ['probe'],
      [SEARCH_ATTRIBUTES.outcome]: ['succeeded'],
    });
    // What the Temporal Web UI says without opening an event: whose it is, how far it came, and what each activity is for.
    const handle = pipeline.client.workflow.getHandle(run.workflow_id);
    expect(await (await handle.describe()).staticSummary()).toMatch(/^scan probe of [A-Z0-9]+$/);
    expect(await handle.query('__temporal_workflow_metadata')).toMatchObject({
      currentDetails: `succeeded, ${run.category_results['__sync']?.items_scanned} entities upserted`,
    });
    expect(await handle.query<RunProgress>(QUERIES.progress)).toMatchObject({ stage: 'closeRun', stage_number: 6, stages: 6 });
    const { events } = await handle.fetchHistory();
    const said = (events ?? [])
      .filter((event) => event.activityTaskScheduledEventAttributes)
      .map((event) => Buffer.from(event.userMetadata?.summary?.data ?? []).toString());
    expect(said).toHaveLength(6);
    for (const line of said) expect(Object.values(SUMMARIES)).toContain(JSON.parse(line));
  });

  it('FLOW-05 CRED-07: no secret, entity name or file content is in a history', async () => {
    const { scope } = await pipeline.probeScope();
    const run = await pipeline.scan(scope);
    const raw = JSON.stringify(await historyOf(run.workflow_id), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const secret of [PROBE_TOKEN, Buffer.from(PROBE_TOKEN).toString('base64'), 'things-0', 'things 0'])
      expect(raw).not.toContain(secret);
    expect(raw).toContain(scope);
  });
});

describe('the claim', () => {
  it('RUN-13: 20 concurrent starts of one scope, whatever started them: one runs, 19 are refused and name it', async () => {
    const { scope } = await pipeline.probeScope({ params: { sleep_ms: 4_000 } });
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, index): Promise<ScanResult> => {
        const type = index % 2 === 0 ? 'manual_api' : 'iac_lifecycle';
        const input: ScanInput = {
          scope_id: scope,
          trigger: { type, source: 'test', triggered_by_user_id: 'test' },
          override_cooldown: false,
          queues: pipeline.queues,
        };
        return await pipeline.client.workflow.execute('scan', {
          workflowId: scanWorkflowId(scope, `many-${index}`),
          taskQueue: pipeline.queues.pipeline,
          args: [input],
        });
      }),
    );
    const ran = results.flatMap((result) => ('refused' in result ? [] : [result]));
    const refused = results.flatMap((result) => ('refused' in result ? [result] : []));
    process.stdout.write(`20 concurrent starts: ${ran.length} ran, ${refused.length} refused, all naming ${ran[0]?.run_id}\n`);
    expect(ran).toHaveLength(1);
    expect(refused).toEqual(Array.from({ length: 19 }, () => ({ refused: 'in_flight', holder: ran[0]?.run_id })));
  });

  it('RUN-14: a claim whose workflow was terminated heals itself at the next start', async () => {
    const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'slow' } });
    const started = await pipeline.start(scope);
    await expect
      .poll(async () => (await pipeline.storage.scopes.get(tenant, scope)).in_flight?.run, { timeout: 20_000 })
      .toBe(started.run_id);
    await pipeline.client.workflow.getHandle(started.workflow_id).terminate('test');
    await pipeline.storage.scopes.update(tenant, scope, { params: {} });
    const input: ScanInput = {
      scope_id: scope,
      trigger: { type: 'manual_api', source: 'test', triggered_by_user_id: 'test' },
      override_cooldown: false,
      queues: pipeline.queues,
    };
    const result = (await pipeline.client.workflow.execute('scan', {
      workflowId: scanWorkflowId(scope, 'healing'),
      taskQueue: pipeline.queues.pipeline,
      args: [input],
    })) as ScanResult;
    expect(result).toMatchObject({ status: 'succeeded' });
    expect(await pipeline.run(tenant, started.run_id)).toMatchObject({ status: 'timeout', reason: 'orphaned' });
  });
});

describe('derivation', () => {
  it('FLOW-03: ten scans of one tenant that end close together collapse into few passes, and every run has its cells', async () => {
    const scopes = [];
    for (let index = 0; index < 10; index += 1)
      scopes.push((await pipeline.probeScope({ tenant: 'crowded', scope: `s${index}`, params: { entities: 2 } })).scope);
    const runs = await Promise.all(scopes.map((scope) => pipeline.scan(scope)));
    const passes = new Set(runs.map((run) => run.derivation_pass));
    process.stdout.write(`10 scans together: ${passes.size} derivation passes\n`);
    for (const run of runs) {
      expect(run.status).toBe('succeeded');
      expect(STAGE_CELLS.every((cell) => run.category_results[cell]?.status === 'succeeded')).toBe(true);
    }
    expect(passes.size).toBeLessThan(10);
  });

  it('FLOW-03: a coordinator that is terminated in its window loses nobody', async () => {
    const { tenant, scope } = await pipeline.probeScope({ params: { sleep_ms: 500 } });
    const running = pipeline.scan(scope);
    const coordinator = pipeline.client.workflow.getHandle(`derive/${tenant}`);
    await expect
      .poll(
        () =>
          coordinator.describe().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    await coordinator.terminate('test').catch(() => undefined);
    expect((await running).status).toBe('succeeded');
  });
});

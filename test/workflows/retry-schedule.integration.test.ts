import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskForDerivationInput, CloseRunInput, OpenRunInput, StageInput } from '../../activities/inputs.ts';
import { createCoordinator } from '../../cli/compose/temporal.ts';
import { BudgetExceededError, InvalidInputError, PersistentError, TransientError } from '../../domain/errors.ts';
import { scopeId, tenantId } from '../../domain/ids.ts';
import { COMPUTING_BUSY } from '../../domain/runs/failure.ts';
import { type Attempt, DERIVE_CELLS } from '../../domain/runs/types.ts';
import { computingQueue, deriveWorkflowId, type ScanInput } from '../../workflows/messages.ts';
import { activitySchedule } from '../support/history.ts';
import { createTestWorker, openTimeSkipping, TEST_QUEUE } from '../support/time-skipping.ts';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await openTimeSkipping();
});
afterAll(async () => {
  await environment.teardown();
});

const throttled = () => new TransientError('the source throttles', { code: 'SOURCE_THROTTLED' });

/** Runs the real scan workflow over stages that do as told; the ledger only remembers how the run was closed. */
async function scanWith(stages: {
  runConnector?: () => unknown;
  resolveCredentials?: () => unknown;
  syncGraph?: () => unknown;
  askForDerivation?: (input: AskForDerivationInput) => unknown;
  /** While the scope is being claimed for the first time. */
  whileOpening?: (handle: WorkflowHandle) => Promise<void>;
  budgetMs?: number;
}) {
  let closed: CloseRunInput | undefined;
  const calls: string[] = [];
  const step = (name: string, run: (() => unknown) | undefined, result: unknown) => async () => {
    calls.push(name);
    return (await run?.()) ?? result;
  };
  const artifact = { artifact_id: 'a/1', digest: '0', bytes: 1 };
  let opened = 0;
  const workflowId = randomUUID();
  const worker = await createTestWorker(environment, {
    openRun: async ({ scope_id, run_id }: OpenRunInput) => {
      opened += 1;
      if (opened === 1) await stages.whileOpening?.(environment.client.workflow.getHandle(workflowId));
      return {
        claimed: true,
        tenant_id: 'acme',
        scope_id,
        run_id,
        connector: 'probe',
        deadline_at: new Date((await environment.currentTimeMs()) + (stages.budgetMs ?? 3_600_000)).toISOString(),
        derive_cells: DERIVE_CELLS,
      };
    },
    closeRun: async (input: CloseRunInput) => {
      closed = input;
      return { status: input.stop === null ? 'succeeded' : 'failed', reason: null };
    },
    askForDerivation: async (input: AskForDerivationInput) => stages.askForDerivation?.(input) ?? { stamped: true, at_work: false },
    resolveCredentials: step('resolveCredentials', stages.resolveCredentials, {}),
    runConnector: step('runConnector', stages.runConnector, { artifact, all_failed: false, categories: {} }),
    syncGraph: step('syncGraph', stages.syncGraph, {}),
  });
  const input: ScanInput = {
    scope_id: scopeId('acme-probe'),
    trigger: { type: 'manual_api', source: 'cli', triggered_by_user_id: 'test' },
    override_cooldown: false,
    queues: { pipeline: TEST_QUEUE, connectors: TEST_QUEUE },
  };
  const handle = await worker.runUntil(async () => {
    const started = await environment.client.workflow.start('scan', { workflowId, taskQueue: TEST_QUEUE, args: [input] });
    await started.result();
    return started;
  });
  const schedule = activitySchedule(await handle.fetchHistory());
  return { closed, calls, schedule, handle };
}

describe('the retry schedule, read from workflow history', () => {
  it('FLOW-02: a stage that throws TransientError is tried at 0, 1, 3 and 7 s and no more, then the run is closed as failed', async () => {
    const { closed, schedule } = await scanWith({ syncGraph: () => Promise.reject(throttled()) });
    const times = schedule['syncGraph'] ?? [];
    process.stdout.write(`retry times of syncGraph in seconds, from history: ${times.map((ms) => (ms / 1_000).toFixed(2)).join(', ')}\n`);
    expect(times.map((ms) => Math.round(ms / 1_000))).toEqual([0, 1, 3, 7]);
    expect(closed?.stop).toMatchObject({ at: 'stage', failure: { code: 'SOURCE_THROTTLED', class: 'transient' } });
  });

  it('FLOW-02: a stage that recovers at the second try goes on', async () => {
    let tries = 0;
    const { closed, schedule, calls } = await scanWith({
      runConnector: () => {
        tries += 1;
        return tries === 1 ? Promise.reject(throttled()) : undefined;
      },
    });
    expect((schedule['runConnector'] ?? []).map((ms) => Math.round(ms / 1_000))).toEqual([0, 1]);
    expect(calls.at(-1)).toBe('syncGraph');
    expect(closed?.stop).toBeNull();
  });

  it.each([
    ['PersistentError', () => new PersistentError('denied', { code: 'ACCESS_DENIED', actor: 'customer' }), 'ACCESS_DENIED'],
    ['InvalidInputError', () => new InvalidInputError('bad graph', { code: 'INVALID_GRAPH', field: 'entities[0]' }), 'INVALID_GRAPH'],
    ['an error that nobody foresaw', () => new TypeError('secret in a message: canary-9f3'), 'UNEXPECTED'],
  ])('FLOW-02: %s is tried once', async (_, error, code) => {
    const { closed, schedule } = await scanWith({ syncGraph: () => Promise.reject(error()) });
    expect(schedule['syncGraph']).toEqual([0]);
    expect(closed?.stop?.failure.code).toBe(code);
  });

  it('FLOW-05: no message, cause or stack of an unforeseen error is in the history', async () => {
    const { handle } = await scanWith({ syncGraph: () => Promise.reject(new TypeError('canary-9f3', { cause: new Error('canary-9f3') })) });
    const raw = Buffer.from(JSON.stringify(await handle.fetchHistory())).toString();
    expect(raw).not.toContain('canary-9f3');
    expect(raw).not.toContain(Buffer.from('canary-9f3').toString('base64').slice(0, 12));
    expect(raw).not.toContain('.test.ts');
  });

  it('FLOW-02: a stage whose worker has no thread free is asked for at once where it waits for one, and keeps its tries', async () => {
    const tried: Attempt[] = [];
    const waiting = await createTestWorker(
      environment,
      {
        syncGraph: async ({ attempt }: StageInput) => {
          tried.push(attempt);
          if (tried.length < 4) throw throttled();
          return {};
        },
      },
      computingQueue(TEST_QUEUE),
    );
    const refused = () => Promise.reject(new TransientError(COMPUTING_BUSY.message, COMPUTING_BUSY));
    const { closed, schedule, calls } = await waiting.runUntil(() => scanWith({ syncGraph: refused }));
    expect((schedule['syncGraph'] ?? []).map((ms) => Math.round(ms / 1_000))).toEqual([0, 0, 1, 3, 7]);
    expect(calls.filter((name) => name === 'syncGraph')).toHaveLength(1);
    expect(tried.map(({ number, last }) => [number, last])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(closed?.stop).toBeNull();
  });

  it("RUN-12: the driver's own budget kill ends the run as timeout and is not tried again", async () => {
    const { closed, schedule } = await scanWith({
      runConnector: () => Promise.reject(new BudgetExceededError('the budget is over', { code: 'CONNECTOR_BUDGET', actor: 'operator' })),
    });
    expect(schedule['runConnector']).toEqual([0]);
    expect(closed?.stop).toMatchObject({ at: 'connector', failure: { class: 'timeout', code: 'BUDGET_EXCEEDED' } });
  });

  it('RUN-12: the budget covers the whole run, waits between retries included', async () => {
    const { closed } = await scanWith({ budgetMs: 2_000, syncGraph: () => Promise.reject(throttled()) });
    expect(closed?.stop).toMatchObject({ failure: { class: 'timeout' } });
  });

  it('RUN-17: a failed preflight ends the run with no child spawned', async () => {
    const { closed, calls } = await scanWith({
      resolveCredentials: () => Promise.reject(new PersistentError('nothing there', { code: 'CREDENTIALS_REQUIRED', actor: 'customer' })),
    });
    expect(calls).toEqual(['resolveCredentials']);
    expect(closed?.stop).toMatchObject({ at: 'preflight', failure: { code: 'CREDENTIALS_REQUIRED', actor: 'customer' } });
  });
});

describe('waiting for the tenant’s derivation', () => {
  const minutes = async (since: number): Promise<number> => Math.round(((await environment.currentTimeMs()) - since) / 60_000);
  const lastMinute = (schedule: Readonly<Record<string, readonly number[]>>): number =>
    Math.round((schedule['askForDerivation']?.at(-1) ?? 0) / 60_000);

  it('FLOW-03: a pass that takes longer than any fixed time is waited for, as long as the coordinator is at work', async () => {
    const began = await environment.currentTimeMs();
    const { closed, schedule } = await scanWith({
      askForDerivation: async ({ again }) => ({ stamped: (await minutes(began)) >= 20, at_work: again }),
    });
    expect(closed?.stop).toBeNull();
    expect(lastMinute(schedule)).toBe(20);
    // Twice a minute: the history of a scan that waits for hours stays small.
    expect(schedule['askForDerivation']?.length).toBeLessThan(45);
  });

  it('FLOW-03: a coordinator that is dead for a quarter of an hour is noticed, also when it was at work before', async () => {
    const began = await environment.currentTimeMs();
    const { closed, schedule } = await scanWith({
      askForDerivation: async ({ again }) => ({ stamped: false, at_work: again && (await minutes(began)) < 3 }),
    });
    expect(closed?.stop).toMatchObject({ at: 'stage', failure: { code: 'DERIVATION_STALLED', class: 'persistent' } });
    expect(lastMinute(schedule)).toBe(18);
  });

  it('RUN-12: however long the coordinator is at work, the budget of the run ends its wait', async () => {
    const { closed } = await scanWith({ budgetMs: 60_000, askForDerivation: ({ again }) => ({ stamped: false, at_work: again }) });
    expect(closed?.stop).toMatchObject({ failure: { class: 'timeout', code: 'BUDGET_EXCEEDED' } });
  });

  it('FLOW-03: a coordinator is at work while it has a step of a pass in hand, and not when it is idle or gone', async () => {
    const tenant = tenantId('acme');
    const coordinator = createCoordinator(environment.client, TEST_QUEUE);
    const seen: boolean[] = [];
    const pass = {
      tenant_id: tenant,
      pass: 1,
      runs: [{ run_id: 'r', workflow_id: 'w', cells: ['__chain'] }],
      cells: ['__chain'],
      started_at: '',
    };
    const handle = environment.client.workflow.getHandle(deriveWorkflowId(tenant));
    const worker = await createTestWorker(environment, {
      beginPassWhenQuiet: async () => ({ pass }),
      buildChains: async () => void seen.push(await coordinator.isAtWork(tenant)),
      finishPass: async () => ({ stamped: [] }),
    });
    seen.push(await coordinator.isAtWork(tenant));
    await coordinator.join(tenant);
    await worker.runUntil(handle.result());
    seen.push(await coordinator.isAtWork(tenant));
    // It hears the join and does nothing: its worker is gone.
    await coordinator.join(tenant);
    seen.push(await coordinator.isAtWork(tenant));
    await handle.terminate();
    expect(seen).toEqual([false, true, false, false]);
  });
});

describe('a cancel while the scope is being claimed', () => {
  it.each([
    ['succeeds', async () => undefined],
    ['fails', () => Promise.reject(new TransientError('away', { code: 'DATABASE_UNAVAILABLE' }))],
  ])('RUN-02: ends the run as cancelled, and starts nothing, when that try of the claim %s', async (_, end) => {
    const heard = async (scan: WorkflowHandle) =>
      (await scan.fetchHistory()).events?.some((event) => event.activityTaskCancelRequestedEventAttributes);
    const { closed, calls, handle } = await scanWith({
      whileOpening: async (scan) => {
        await scan.cancel();
        await expect.poll(() => heard(scan)).toBe(true);
        await end();
      },
    });
    expect(calls).toEqual([]);
    expect(closed?.stop).toMatchObject({ failure: { code: 'CANCELLED', class: 'cancelled' } });
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });
});

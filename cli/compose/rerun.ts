/**
 * Runs a recorded workflow again, in the time-skipping environment: its activities give what they gave, in the order in which they
 * gave it; recorded signals, timers and the cancellation come where they came (FLOW-07). A debugger stops in `workflows/`.
 */
import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { InvalidInputError, PersistentError } from '../../domain/errors.ts';
import { PROJECT, WORKFLOW_BUNDLE } from '../folders.ts';
import { onPath } from '../services/on-path.ts';
import { ensurePythonTools } from '../services/python-tools.ts';
import { sayToStderr } from '../services/say.ts';
import { createLogger, installTemporalLogger } from './logger.ts';
import { SEARCH_ATTRIBUTE_TYPES } from './namespace.ts';
import type { History, RecordedHistory } from './replay.ts';
import { commandsOf, type Outcome, planOf, type RecordedPlan } from './rerun-plan.ts';

/** What the rerun waits for comes in milliseconds; a timer that runs beside an activity takes its real time. */
const STEP_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/**
 * @returns null when the same commands come out, else the first that differs
 * @throws InvalidInputError `RERUN_NOT_POSSIBLE` at once for a workflow with child workflows, signals to others, or a time limit that ended an activity
 */
export async function rerunHistory(recorded: RecordedHistory): Promise<string | null> {
  installTemporalLogger(createLogger('silent'));
  const plan = planOf(recorded.history, Date.now());
  if (plan.notRepeatable > 0) {
    throw new InvalidInputError(
      'a workflow with child workflows, signals to others, or a time limit that ended an activity is replayed, not run again',
      {
        code: 'RERUN_NOT_POSSIBLE',
        field: 'run',
        expected: 'a scan, an ingest, or one leaf of a gate, without a lost worker and within its budget',
      },
    );
  }
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await testServer() } },
  });
  try {
    await environment.connection.operatorService.addSearchAttributes({
      namespace: environment.namespace ?? 'default',
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    });
    return await rerunIn(environment, plan, recorded);
  } finally {
    await environment.teardown();
  }
}

async function rerunIn(environment: TestWorkflowEnvironment, plan: RecordedPlan, recorded: RecordedHistory): Promise<string | null> {
  const time = environment.connection.testService;
  if (time === undefined)
    throw new PersistentError('the time-skipping server has no clock service', { code: 'RERUN_STALLED', actor: 'engineer' });
  const stage = new Stage();
  const workers = await Promise.all(
    plan.taskQueues.map((taskQueue) =>
      Worker.create({
        connection: environment.nativeConnection,
        namespace: environment.namespace ?? 'default',
        taskQueue,
        activities: Object.fromEntries(plan.activityTypes.map((type) => [type, () => stage.perform()])),
        ...(taskQueue === plan.workflowTaskQueue ? { workflowBundle: { codePath: WORKFLOW_BUNDLE } } : {}),
        // Under a debugger: workflows in the main thread, and nobody minds that they stand still.
        debugMode: inspectorUrl() !== undefined,
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  try {
    const handle = await environment.client.workflow.start(plan.workflowType, {
      workflowId: recorded.workflowId,
      taskQueue: plan.workflowTaskQueue,
      args: [...plan.args],
    });
    const now = async () => (await handle.fetchHistory()) ?? {};
    const seen = async (what: string, done: (commands: ReturnType<typeof commandsOf>) => boolean): Promise<void> => {
      const until = Date.now() + STEP_TIMEOUT_MS;
      for (;;) {
        const history = await now();
        if (done(commandsOf(history))) return;
        // Today's code went another way: what is waited for will not come.
        if (Date.now() > until || isOver(history))
          throw new PersistentError(`the rerun waits in vain for ${what}`, { code: 'RERUN_STALLED', actor: 'engineer' });
        await delay(POLL_MS);
      }
    };
    let stalled: unknown = null;
    try {
      let timers = 0;
      for (const step of plan.steps) {
        if (step.kind === 'signal') await handle.signal(step.name, ...step.args);
        else if (step.kind === 'cancel') await handle.cancel();
        else if (step.kind === 'timer') {
          timers += 1;
          await time.unlockTimeSkipping({});
          await seen(`timer ${timers}`, ({ timersFired }) => timersFired >= timers).finally(() => time.lockTimeSkipping({}));
        } else {
          stage.allow(step.activityId, step.outcome);
          await seen(`activity ${step.activityId} (${step.type})`, ({ closedActivities }) => closedActivities.has(step.activityId));
        }
      }
      await handle.result().catch(() => undefined);
    } catch (error) {
      if (!(error instanceof PersistentError) && !(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
      stalled = error;
    }
    return (
      firstDifference(commandsOf(recorded.history).commands, commandsOf(await now()).commands) ??
      (stalled instanceof Error ? stalled.message : null)
    );
  } finally {
    for (const worker of workers) worker.shutdown();
    stage.close();
    await Promise.allSettled(running);
  }
}

/** Holds every activity until its recorded end has its turn. */
class Stage {
  readonly #allowed = new Map<string, Outcome>();
  #closed = false;

  allow(activityId: string, outcome: Outcome): void {
    this.#allowed.set(activityId, outcome);
  }

  close(): void {
    this.#closed = true;
  }

  async perform(): Promise<unknown> {
    const context = Context.current();
    for (let outcome = this.#allowed.get(context.info.activityId); ; outcome = this.#allowed.get(context.info.activityId)) {
      if (outcome?.kind === 'completed') return outcome.result;
      if (outcome?.kind === 'failed') throw new DefaultFailureConverter().failureToError(outcome.failure, defaultPayloadConverter);
      // Recorded as cancelled: it ends when the cancellation arrives with a heartbeat, as it did.
      if (outcome?.kind === 'canceled') await Promise.race([context.cancelled, delay(POLL_MS)]);
      else await delay(POLL_MS);
      if (this.#closed) throw new CompleteAsyncError();
      context.heartbeat();
    }
  }
}

/** Closed, or stuck in a workflow task that fails again and again. */
function isOver({ events }: History): boolean {
  const failed = (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
  const last = events?.at(-1);
  return (
    failed > 0 ||
    [
      last?.workflowExecutionCompletedEventAttributes,
      last?.workflowExecutionFailedEventAttributes,
      last?.workflowExecutionCanceledEventAttributes,
      last?.workflowExecutionContinuedAsNewEventAttributes,
    ].some((end) => end !== undefined && end !== null)
  );
}

function firstDifference(before: readonly string[], after: readonly string[]): string | null {
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    if (before[index] !== after[index])
      return `command ${index + 1}: recorded ${before[index] ?? 'the end'}, now ${after[index] ?? 'the end'}`;
  }
  return null;
}

async function testServer(): Promise<string> {
  const found = process.env['SV0_TEST_TIME_SKIPPING_SERVER'] ?? (await onPath('temporal-test-server'));
  if (found !== null) return found;
  const tools = await ensurePythonTools(
    join(PROJECT, '.sv0', 'services', 'python'),
    join(PROJECT, 'cli', 'services', 'requirements.txt'),
    sayToStderr,
  );
  return tools.bin('temporal-test-server');
}

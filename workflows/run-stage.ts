/**
 * Retries live in the workflow (FLOW-02): the schedule can be read from history, and a lost worker does not use it up.
 *
 * | cause                                                     | action                                          |
 * | `TransientError`                                          | again after 1, 2 and 4 s, then failed           |
 * | heartbeat timeout, worker shutdown, start-to-close        | again at once, at most 5 times, then WORKER_LOST |
 * | `COMPUTING_BUSY`: no thread free where it was asked       | at once, on the queue where it waits for one    |
 * | start-to-close of `runConnector` (the budget is over)     | timeout, never again                            |
 * | anything else                                             | failed                                          |
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Attempt } from '../domain/runs/types.ts';
import { BUDGET_EXCEEDED, COMPUTING_BUSY, type StageFailure, WORKER_LOST } from '../domain/runs/failure.ts';
import { computingQueue } from './messages.ts';

export const RETRY_SCHEDULE_SECONDS = [1, 2, 4] as const;
export const MAX_LOST_WORKERS = 5;

/** Ends the run's body: `failure` says why. Not a Temporal failure, so it never leaves the workflow. */
export class StageFailed extends Error {
  override readonly name = 'StageFailed';
  readonly failure: StageFailure;
  constructor(failure: StageFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

export interface StageOptions {
  /** A start-to-close timeout of this stage means that the run's budget is over. */
  readonly timeoutIsBudget?: boolean;
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** @param run is told the task queue where it has to wait, once the worker that it was given to had no thread free */
export async function runStage<T>(run: (attempt: Attempt, taskQueue: string | null) => Promise<T>, options: StageOptions = {}): Promise<T> {
  let transient = 0;
  let lost = 0;
  let taskQueue: string | null = null;
  for (;;) {
    const attempt = { number: transient + 1, last: transient === RETRY_SCHEDULE_SECONDS.length };
    options.onAttempt?.(attempt);
    try {
      return await run(attempt, taskQueue);
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      const cause = causeOf(error);
      if (isLostWorker(cause, options)) {
        lost += 1;
        if (lost > MAX_LOST_WORKERS) throw new StageFailed(WORKER_LOST);
        continue;
      }
      const failure = failureOf(cause, options);
      if (failure.code === COMPUTING_BUSY.code && taskQueue === null) {
        taskQueue = computingQueue(workflowInfo().taskQueue);
        continue;
      }
      const delay = RETRY_SCHEDULE_SECONDS[transient];
      if (failure.class !== 'transient' || delay === undefined) throw new StageFailed(failure);
      transient += 1;
      await sleep(delay * 1_000);
    }
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}

function isLostWorker(cause: unknown, options: StageOptions): boolean {
  if (cause instanceof TimeoutFailure) return !(options.timeoutIsBudget === true && cause.timeoutType === 'START_TO_CLOSE');
  // A worker that shuts down gives its activities back as cancelled, although nobody cancelled them.
  if (cause instanceof CancelledFailure) return true;
  return cause instanceof ApplicationFailure && cause.type === 'WorkerShutdown';
}

/** For failures of activities that `runStage` does not repeat (the ledger's). */
export const stageFailureOf = (error: unknown): StageFailure => failureOf(causeOf(error), {});

function failureOf(cause: unknown, options: StageOptions): StageFailure {
  if (cause instanceof TimeoutFailure && options.timeoutIsBudget === true) return BUDGET_EXCEEDED;
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as StageFailure | undefined;
    if (detail !== undefined) return detail;
  }
  return { code: 'UNEXPECTED', class: 'persistent', message: 'the stage failed in a way that it did not explain', actor: 'engineer' };
}

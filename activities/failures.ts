/**
 * The one mapper from domain errors to Temporal failures. What it lets through is fixed vocabulary: a type, a code, a sentence
 * of ours. No cause, no stack, no data of a source or a tenant (FLOW-05; seed 004 §2).
 */
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { type DomainError, isDomainError } from '../domain/errors.ts';
import { BUDGET_EXCEEDED, COMPUTING_BUSY, type StageFailure } from '../domain/runs/failure.ts';

/** `type` of the failure when a stage may be tried again; every other type fails at once. */
export const TRANSIENT = 'TransientError';

export const UNEXPECTED: StageFailure = {
  code: 'UNEXPECTED',
  class: 'persistent',
  message: "an unexpected error; the worker's log has the stack",
  actor: 'engineer',
};

export function stageFailureOf(error: unknown): StageFailure {
  if (!isDomainError(error)) return UNEXPECTED;
  if (error.name === 'BudgetExceededError') return BUDGET_EXCEEDED;
  return {
    code: error.code,
    class: error.name === 'TransientError' ? 'transient' : 'persistent',
    message: error.message,
    actor: error.actor,
  };
}

/**
 * What leaves an activity. `CancelledFailure` and `CompleteAsyncError` pass untouched: mapping them turns a graceful shutdown
 * into a permanent failure.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof CancelledFailure || error instanceof CompleteAsyncError || isAbort(error)) return error;
  const failure = stageFailureOf(error);
  const type = isDomainError(error) ? (error as DomainError).name : 'UnexpectedError';
  const mapped = ApplicationFailure.create({
    type,
    nonRetryable: type !== TRANSIENT,
    message: `${failure.code}: ${failure.message}`,
    details: [failure],
    // Every busy worker says it: no failure that anybody has to see in the log or in the metrics.
    ...(failure.code === COMPUTING_BUSY.code && { category: ApplicationFailureCategory.BENIGN }),
  });
  // A stack names files of this host and may quote a message that we did not write.
  mapped.stack = '';
  return mapped;
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

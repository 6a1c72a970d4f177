/** A failure as it travels from an activity to the run's record: fixed vocabulary only, so that it may pass through Temporal (FLOW-05). Pure. */
import type { Actor, FailureClass } from '../errors.ts';
import type { Cell, CellError } from './types.ts';

export interface StageFailure {
  readonly code: string;
  readonly class: FailureClass;
  readonly message: string;
  readonly actor: Actor;
}

/** What Temporal can do to an activity that its own code did not: nobody's fault, tried again (`runStage`). */
export const WORKER_LOST: StageFailure = {
  code: 'WORKER_LOST',
  class: 'transient',
  message: 'the worker was lost again and again while it ran this stage',
  actor: 'operator',
};

/** This worker's computing threads are taken, and others wait for them: the stage is asked for again where it waits for the first free one of any worker. */
export const COMPUTING_BUSY: StageFailure = {
  code: 'COMPUTING_BUSY',
  class: 'transient',
  message: 'the computing threads of the worker were taken',
  actor: 'nobody',
};

export const BUDGET_EXCEEDED: StageFailure = {
  code: 'BUDGET_EXCEEDED',
  class: 'timeout',
  message: 'the run used up its budget (budget.max_runtime_seconds) and was stopped',
  actor: 'operator',
};

export const CANCELLED: StageFailure = {
  code: 'CANCELLED',
  class: 'cancelled',
  message: 'the run was cancelled',
  actor: 'nobody',
};

export const ORPHANED: StageFailure = {
  code: 'ORPHANED',
  class: 'orphan',
  message: 'the workflow of this run is gone; the run was swept',
  actor: 'nobody',
};

export const DERIVATION_STALLED: StageFailure = {
  code: 'DERIVATION_STALLED',
  class: 'persistent',
  message: "the tenant's derivation gave no sign of life for a quarter of an hour",
  actor: 'operator',
};

export function failedCell(failure: StageFailure, at: string, subject?: string): Cell {
  const error: CellError = subject === undefined ? { ...failure } : { ...failure, subject };
  return { status: failure.class === 'timeout' ? 'timeout' : 'failed', items_scanned: 0, started_at: at, ended_at: at, errors: [error] };
}

export function skippedCell(at: string): Cell {
  return { status: 'skipped', items_scanned: 0, started_at: at, ended_at: at, errors: [] };
}

/** From cells to the run's final status (RUN-02, RUN-10, FLOW-09). Pure. */
import type { StageFailure } from './failure.ts';
import { type CategoryResults, type Cell, DRIVER_CELL, type RunReason, type TerminalRunStatus } from './types.ts';

export interface RunOutcome {
  readonly status: TerminalRunStatus;
  readonly reason: RunReason | null;
}

/** Where the workflow stopped, when it did not come to its end. */
export type StoppedAt = 'preflight' | 'connector' | 'stage';

export interface Stop {
  readonly at: StoppedAt;
  readonly failure: StageFailure;
}

const isCategory = (key: string): boolean => !key.startsWith('__');

/** All categories failed → `failed`; some → `partial`; a failed stage → `failed`, except that rules that threw make the run `partial`. */
export function outcomeOf(cells: CategoryResults, stop: Stop | null): RunOutcome {
  if (stop !== null) return stoppedOutcome(stop);
  const entries = Object.entries(cells);
  const failed = entries.find(([key, cell]) => !isCategory(key) && (cell.status === 'failed' || cell.status === 'timeout'));
  if (failed !== undefined) return { status: 'failed', reason: failed[0] === DRIVER_CELL ? 'connector_failed' : 'stage_failed' };
  const categories = entries.filter(([key]) => isCategory(key)).map(([, cell]) => cell);
  if (allFailed(categories.map((cell) => cell.status))) return { status: 'failed', reason: 'all_categories_failed' };
  if (categories.some((cell) => cell.status !== 'succeeded')) return { status: 'partial', reason: 'some_categories_failed' };
  if (entries.some(([key, cell]) => !isCategory(key) && cell.status === 'partial')) return { status: 'partial', reason: 'rule_errors' };
  return { status: 'succeeded', reason: null };
}

function stoppedOutcome({ at, failure }: Stop): RunOutcome {
  switch (failure.class) {
    case 'timeout':
      return { status: 'timeout', reason: 'budget_exceeded' };
    case 'orphan':
      return { status: 'timeout', reason: 'orphaned' };
    case 'cancelled':
      return { status: 'failed', reason: 'cancelled' };
    case 'transient':
    case 'persistent':
      return {
        status: 'failed',
        reason: at === 'preflight' ? 'preflight_failed' : at === 'connector' ? 'connector_failed' : 'stage_failed',
      };
  }
}

/** No category was read at all. */
export function allFailed(statuses: readonly string[]): boolean {
  return statuses.length > 0 && statuses.every((status) => status !== 'succeeded' && status !== 'partial');
}

/** RUN-11: only a persistent failure before derivation starts a cooldown; exhausted transient retries, cancels and timeouts do not. */
export function startsCooldown(cells: CategoryResults, stop: Stop | null, outcome: RunOutcome): boolean {
  if (outcome.status !== 'failed') return false;
  if (stop !== null)
    return stop.failure.class === 'persistent' && stop.failure.code !== 'DERIVATION_STALLED' && cells['__sync']?.status !== 'succeeded';
  return outcome.reason === 'all_categories_failed' && Object.entries(cells).some(([key, cell]) => isCategory(key) && failedForGood(cell));
}

const failedForGood = (cell: Cell): boolean => cell.errors.length === 0 || cell.errors.some((error) => error.class !== 'transient');

/** What every kind of run has around its stages: the budget, cancellation, progress, and a close that always happens. */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  setHandler,
  defineQuery,
  upsertSearchAttributes,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { RunId, ScopeId } from '../domain/ids.ts';
import { BUDGET_EXCEEDED, CANCELLED, type StageFailure } from '../domain/runs/failure.ts';
import type { Stop, StoppedAt } from '../domain/runs/outcome.ts';
import type { Attempt, DeriveCell } from '../domain/runs/types.ts';
import type { OpenedRunFacts, StageInput } from '../activities/inputs.ts';
import { QUERIES, type RunProgress, type ScanResult, SEARCH_ATTRIBUTES } from './messages.ts';
import { ledger, thisRun } from './options.ts';
import { runStage, StageFailed, stageFailureOf, type StageOptions } from './run-stage.ts';

/** A run that holds its scope's claim. */
export interface OpenedRun {
  readonly run_id: RunId;
  readonly scope_id: ScopeId;
  readonly deriveCells: readonly DeriveCell[];
  /** Milliseconds since the epoch: the end of the budget, which covers the whole run (RUN-12). */
  readonly deadlineAt: number;
  /** Runs one stage under the retry rules; where it failed is kept for `closeRun`. */
  stage<T>(
    kind: StoppedAt,
    name: string,
    run: (input: StageInput, taskQueue: string | null) => Promise<T>,
    options?: StageOptions,
  ): Promise<T>;
  /** Ends the body at once, as if a stage had failed. */
  fail(failure: StageFailure): never;
  /** For the progress query and the Temporal Web UI. */
  note(stage: string, detail: string): void;
  /** What there is to count so far; said behind the stage from here on, and in the end. */
  counted(what: string): void;
}

const progressQuery = defineQuery<RunProgress>(QUERIES.progress);

export async function pipelineRun(facts: OpenedRunFacts, body: (run: OpenedRun) => Promise<void>): Promise<ScanResult> {
  const run = new TrackedRun(facts);
  setHandler(progressQuery, () => run.progress);
  upsertSearchAttributes({
    [SEARCH_ATTRIBUTES.tenant]: [facts.tenant_id],
    [SEARCH_ATTRIBUTES.scope]: [facts.scope_id],
    [SEARCH_ATTRIBUTES.run]: [facts.run_id],
    [SEARCH_ATTRIBUTES.connector]: [facts.connector],
  });
  const stop = await withinBudget(run, body);
  run.note('closeRun', '');
  const closed = await CancellationScope.nonCancellable(() => ledger.closeRun({ scope_id: facts.scope_id, run_id: facts.run_id, stop }));
  upsertSearchAttributes({ [SEARCH_ATTRIBUTES.outcome]: [closed.status] });
  setCurrentDetails([closed.reason === null ? closed.status : `${closed.status}: ${closed.reason}`, ...run.counts].join(', '));
  return { run_id: facts.run_id, ...closed };
}

/** The budget is a timer of the run, not a workflow timeout: the record gets its cells whatever happens. */
async function withinBudget(run: TrackedRun, body: (run: OpenedRun) => Promise<void>): Promise<Stop | null> {
  try {
    await CancellationScope.withTimeout(Math.max(1, run.deadlineAt - Date.now()), () => body(run));
    return null;
  } catch (error) {
    if (error instanceof StageFailed) return { at: run.at, failure: error.failure };
    if (isCancellation(error)) return { at: run.at, failure: Date.now() >= run.deadlineAt ? BUDGET_EXCEEDED : CANCELLED };
    if (error instanceof ActivityFailure) return { at: run.at, failure: stageFailureOf(error) };
    throw error;
  }
}

const STAGES = ['openRun', 'resolveCredentials', 'runConnector', 'syncGraph', 'joinDerivation', 'closeRun'] as const;

class TrackedRun implements OpenedRun {
  readonly run_id: RunId;
  readonly scope_id: ScopeId;
  readonly deriveCells: readonly DeriveCell[];
  readonly deadlineAt: number;
  at: StoppedAt = 'stage';
  counts: readonly string[] = [];
  progress: RunProgress = { stage: 'openRun', stage_number: 1, stages: STAGES.length, attempt: 1, detail: '' };

  constructor(facts: OpenedRunFacts) {
    this.run_id = facts.run_id;
    this.scope_id = facts.scope_id;
    this.deriveCells = facts.derive_cells;
    this.deadlineAt = facts.remaining_ms === undefined ? Date.parse(facts.deadline_at) : Date.now() + facts.remaining_ms;
  }

  async stage<T>(
    kind: StoppedAt,
    name: string,
    run: (input: StageInput, taskQueue: string | null) => Promise<T>,
    options: StageOptions = {},
  ): Promise<T> {
    this.at = kind;
    const onAttempt = (attempt: Attempt): void =>
      this.note(name, attempt.number === 1 ? '' : `attempt ${attempt.number} of 4`, attempt.number);
    const input = { scope_id: this.scope_id, run_id: this.run_id, workflow_id: thisRun().workflow_id };
    return await runStage((attempt, taskQueue) => run({ ...input, attempt }, taskQueue), { ...options, onAttempt });
  }

  fail(failure: StageFailure): never {
    throw new StageFailed(failure);
  }

  note(stage: string, detail: string, attempt = 1): void {
    const stage_number = STAGES.indexOf(stage as (typeof STAGES)[number]) + 1;
    this.progress = { stage, stage_number, stages: STAGES.length, attempt, detail };
    const said = [stage, ...this.counts, ...(detail === '' ? [] : [detail])].join(', ');
    setCurrentDetails(`stage ${stage_number} of ${STAGES.length}: ${said}`);
  }

  counted(what: string): void {
    this.counts = [...this.counts, what];
  }
}

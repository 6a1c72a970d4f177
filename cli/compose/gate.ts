/** Starting, following and reading a gate: what `sv0 deploy-gate` and `sv0 rematerialize` share. Needs Temporal only, not the database. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApplicationFailure,
  CancelledFailure,
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
} from '@temporalio/client';
import { InvalidInputError, PersistentError } from '../../domain/errors.ts';
import { BUILDER_VERSION, GATE_STAGE_NAMES, type GateStage, isGateStage } from '../../domain/gate/stages.ts';
import type { StageFailure } from '../../domain/runs/failure.ts';
import { type GateInput, type GateProgress, type GateSummary, gateWorkflowId, QUERIES, WORKFLOWS } from '../../workflows/messages.ts';

/** Exit codes of both commands. */
export const GATE_EXIT = { done: 0, someFailed: 1, badInput: 2, nothingToDo: 10, timedOut: 124 } as const;

export interface FollowOptions {
  readonly timeoutMs: number;
  readonly onProgress: (progress: GateProgress) => void;
}

const ASK_EVERY_MS = 1_000;

/**
 * Starts the gate, or joins the one of this id that runs or has completed; one that failed as a whole may be started again.
 * @returns the workflow id, and whether it was there before
 */
export async function startGate(
  client: Client,
  taskQueue: string,
  input: GateInput,
): Promise<{ readonly workflowId: string; readonly attached: boolean }> {
  const workflowId = gateWorkflowId(input.gate_id);
  try {
    await client.workflow.start(WORKFLOWS.rematerialize, {
      workflowId,
      taskQueue,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: gateSummaryLine(input),
    });
    return { workflowId, attached: false };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { workflowId, attached: true };
    throw error;
  }
}

/** For the Temporal Web UI. */
export const gateSummaryLine = ({ stages, tenants }: GateInput): string =>
  `rematerialize ${stages.join(', ')} of ${tenants === null ? 'every active tenant' : `${tenants.length} tenants`}`;

/** @returns null when the time is up; the gate goes on. @throws domain errors that the gate ended with */
export async function followGate(
  client: Client,
  workflowId: string,
  { timeoutMs, onProgress }: FollowOptions,
): Promise<GateSummary | null> {
  const handle = client.workflow.getHandle(workflowId);
  const stop = new AbortController();
  const result = handle.result().then(
    (summary) => ({ summary: summary as GateSummary }),
    (error: unknown) => ({ error }),
  );
  const timeUp = delay(timeoutMs, 'timeout' as const, { signal: stop.signal }).catch(() => 'timeout' as const);
  let asking = false;
  // Nobody waits for the answer: without a worker it takes half a minute to fail.
  const ask = (): void => {
    if (asking) return;
    asking = true;
    handle
      .query<GateProgress>(QUERIES.progress)
      .then(onProgress, () => undefined)
      .finally(() => {
        asking = false;
      });
  };
  try {
    for (;;) {
      const ended = await Promise.race([result, timeUp, delay(ASK_EVERY_MS, 'ask' as const)]);
      if (ended === 'timeout') return null;
      if (ended === 'ask') {
        ask();
        continue;
      }
      if ('error' in ended) throw gateError(ended.error);
      return ended.summary;
    }
  } finally {
    stop.abort();
  }
}

export const gateExitCode = (summary: Pick<GateSummary, 'failed' | 'stale_after'>): number =>
  summary.failed > 0 || summary.stale_after > 0 ? GATE_EXIT.someFailed : GATE_EXIT.done;

/** @throws InvalidInputError */
export function gateStages(names: readonly string[]): readonly GateStage[] {
  const problems = names
    .filter((name) => !isGateStage(name))
    .map(() => ({ field: '--stage', expected: `one of ${GATE_STAGE_NAMES.join(', ')}` }));
  if (problems.length > 0) throw new InvalidInputError('unknown stage', { code: 'UNKNOWN_STAGE', problems: problems.slice(0, 1) });
  return GATE_STAGE_NAMES.filter((stage) => names.length === 0 || names.includes(stage));
}

/** `current` is what this build would make: CI runs the command from the commit that was deployed. */
export const expectedVersion = (given: string | undefined): string | null =>
  given === undefined ? null : given === 'current' ? BUILDER_VERSION : given;

/** What an activity refused travels as a Temporal failure; here it becomes a domain error again. */
export function gateError(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof CancelledFailure)
    return new PersistentError('the gate was cancelled', { code: 'GATE_CANCELLED', actor: 'operator' });
  const failure = cause instanceof ApplicationFailure ? (cause.details?.[0] as StageFailure | undefined) : undefined;
  if (failure === undefined)
    return new PersistentError('the gate ended without a summary; the Temporal Web UI shows its history', {
      code: 'GATE_FAILED',
      actor: 'engineer',
    });
  const facts = { code: failure.code, actor: failure.actor };
  return cause instanceof ApplicationFailure && cause.type === 'InvalidInputError'
    ? new InvalidInputError(failure.message, facts)
    : new PersistentError(failure.message, facts);
}

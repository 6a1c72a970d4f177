/** What is wrong, grouped by who has to act, each with its one next step (RUN-17). Pure. */
import type { Actor, FailureClass } from '../../domain/errors.ts';
import { firstStepOf } from '../../domain/runs/first-steps.ts';
import type { RunReason, ScanRun } from '../../domain/runs/types.ts';
import type { RunRow } from '../../domain/views/types.ts';
import { readable } from '../format.ts';
import { errorsOf, type PlacedError } from './stages.ts';

export const ACTORS = ['customer', 'operator', 'engineer', 'nobody'] as const satisfies readonly Actor[];

export const ACTOR_TITLES: Readonly<Record<Actor, string>> = {
  customer: 'The customer acts',
  operator: 'An operator acts',
  engineer: 'An engineer acts',
  nobody: 'Nobody acts: it recovers by itself',
};

export interface Trouble {
  readonly row: RunRow;
  /** The first error of this actor's; null when the run ended badly without one. */
  readonly placed: PlacedError | null;
  /** How many more errors of the same run are this actor's. */
  readonly more: number;
  /** What stands in backticks is code. */
  readonly next_step: string;
}

/** A run is listed under everyone who has something to do about it; under `nobody` only when there is no one else. */
export function troublesByActor(rows: readonly RunRow[]): ReadonlyMap<Actor, readonly Trouble[]> {
  const groups = new Map<Actor, Trouble[]>(ACTORS.map((actor) => [actor, []]));
  for (const row of rows) {
    const errors = errorsOf(row.run);
    const actors = ACTORS.filter((actor) => errors.some((placed) => placed.error.actor === actor));
    const acting = actors.length > 1 ? actors.filter((actor) => actor !== 'nobody') : actors;
    for (const actor of acting.length === 0 ? [actorOfReason(row.run.reason)] : acting) {
      const own = errors.filter((placed) => placed.error.actor === actor);
      groups
        .get(actor)
        ?.push({ row, placed: own[0] ?? null, more: Math.max(0, own.length - 1), next_step: nextStep(actor, row.run, own[0] ?? null) });
    }
  }
  return groups;
}

export const REASONS: Readonly<Record<RunReason, string>> = {
  cancelled: 'cancelled by a person',
  budget_exceeded: 'used up its time budget',
  orphaned: 'its workflow is gone; swept',
  preflight_failed: 'the credential could not be had',
  connector_failed: 'the connector ended without a result',
  stage_failed: 'a platform stage failed',
  all_categories_failed: 'no category could be read',
  some_categories_failed: 'some categories could not be read',
  rule_errors: 'some rules threw',
};

function actorOfReason(reason: RunReason | null): Actor {
  switch (reason) {
    case 'cancelled':
    case 'orphaned':
      return 'nobody';
    case 'rule_errors':
    case 'stage_failed':
      return 'engineer';
    default:
      return 'operator';
  }
}

export function nextStep(actor: Actor, run: ScanRun, placed: PlacedError | null): string {
  const known = placed === null ? undefined : firstStepOf(placed.error.code);
  return known ?? stepOf(actor, placed?.error.class ?? 'persistent', run, placed);
}

/** For codes that are not ours (a connector from outside) and for runs that ended without one: by who acts and the class of failure. */
function stepOf(actor: Actor, failure: FailureClass, run: ScanRun, placed: PlacedError | null): string {
  switch (actor) {
    case 'customer':
      return placed?.category == null
        ? 'Ask the customer to restore the access that the message names, then re-run.'
        : `Ask the customer to grant what reading “${readable(placed.category, 64).text}” needs, then re-run.`;
    case 'operator':
      return failure === 'timeout'
        ? 'Raise the scope’s time budget, then re-run.'
        : 'Correct the setting that the message names, then re-run.';
    case 'engineer':
      if (placed?.stage === 'connector') return 'Give an engineer the run’s id and the end of its log.';
      return run.reason === 'rule_errors'
        ? 'Mend the rule that threw; the other rules’ findings are in.'
        : 'Open the workflow in Temporal, replay it locally and mend the fault.';
    case 'nobody':
      return 'Wait for the next scheduled run, or re-run.';
  }
}

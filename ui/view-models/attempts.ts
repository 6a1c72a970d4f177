/** The tries of a run's stages one after the other, each with the wait before it. Pure. */
import type { ScanRun } from '../../domain/runs/types.ts';
import { ATTEMPTED_STAGES, type RunAttempts, type StageAttempt } from '../../domain/views/types.ts';

/** Milliseconds throughout. */
export interface Try extends Pick<StageAttempt, 'outcome' | 'why'> {
  readonly stage: (typeof ATTEMPTED_STAGES)[number];
  /** 1, 2, … of its stage. */
  readonly number: number;
  /** After the run's start. */
  readonly began_ms: number;
  /** Since what was tried before it had ended. */
  readonly waited_ms: number;
  /** The part of it in which no worker took it. */
  readonly queued_ms: number;
  /** Null while its end is open. */
  readonly took_ms: number | null;
}

export function triesOf(run: Pick<ScanRun, 'started_at'>, attempts: RunAttempts, now: Date): readonly Try[] {
  const start = run.started_at.getTime();
  const all = ATTEMPTED_STAGES.flatMap((stage) => (attempts[stage] ?? []).map((attempt, index) => ({ stage, number: index + 1, attempt })));
  let free = start;
  return all
    .sort((a, b) => a.attempt.asked_at.getTime() - b.attempt.asked_at.getTime())
    .map(({ stage, number, attempt: { asked_at, started_at, ended_at, outcome, why } }) => {
      const asked = asked_at.getTime();
      const began = (started_at ?? asked_at).getTime();
      const known = {
        stage,
        number,
        outcome,
        why,
        began_ms: Math.max(0, began - start),
        waited_ms: Math.max(0, began - free),
        queued_ms: began - asked,
        took_ms: ended_at === null ? (outcome === 'open' ? Math.max(0, now.getTime() - began) : null) : ended_at.getTime() - began,
      };
      free = Math.max(free, (ended_at ?? asked_at).getTime());
      return known;
    });
}

/** A stage stamps its own cell (RUN-07): when it completes, and when it fails in a way that nobody will try again. */
import { type DomainError, FencedError, isDomainError } from '../domain/errors.ts';
import { COMPUTING_BUSY, failedCell } from '../domain/runs/failure.ts';
import type { Attempt, Cell, CellError } from '../domain/runs/types.ts';
import { stageFailureOf } from './failures.ts';

export interface StageReport<T> {
  readonly result: T;
  readonly items: number;
  readonly errors?: readonly CellError[];
}

/**
 * @param stamp writes the cell where there is none yet; a second stamp changes nothing
 * @param now of the caller's clock
 */
export async function withStageCell<T>(
  attempt: Attempt,
  now: () => Date,
  stamp: (cell: Cell) => Promise<unknown>,
  stage: () => Promise<StageReport<T>>,
): Promise<T> {
  const started_at = now().toISOString();
  try {
    const { result, items, errors = [] } = await stage();
    await stamp({
      status: errors.length === 0 ? 'succeeded' : 'partial',
      items_scanned: items,
      started_at,
      ended_at: now().toISOString(),
      errors,
    });
    return result;
  } catch (error) {
    if (isDomainError(error) && !(error instanceof FencedError) && error.code !== COMPUTING_BUSY.code) {
      const failure = stageFailureOf(error);
      if (failure.class !== 'transient' || attempt.last) {
        // The failure itself matters more than its stamp: `closeRun` stamps what is missing.
        await stamp({ ...failedCell(failure, now().toISOString(), aboutOf(error)), started_at }).catch(() => undefined);
      }
    }
    throw error;
  }
}

/** What it is about; of input that was refused (a connector's graph), where it is wrong: it is told here and nowhere else (DATA-01). */
const aboutOf = ({ subject, field, expected }: DomainError): string | undefined =>
  subject ?? (field === undefined ? undefined : `${field}${expected === undefined ? '' : `: expected ${expected}`}`);

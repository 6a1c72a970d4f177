import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUDGET_EXCEEDED, CANCELLED, ORPHANED, type StageFailure } from '../../../domain/runs/failure.ts';
import { outcomeOf, startsCooldown } from '../../../domain/runs/outcome.ts';
import { CELL_KEY, CELL_STATUSES, type Cell, type CellStatus, RUN_STATUSES, STAGE_CELLS } from '../../../domain/runs/types.ts';

const at = '2026-01-01T00:00:00.000Z';
const cell = (status: CellStatus): Cell => ({ status, items_scanned: 1, started_at: at, ended_at: at, errors: [] });
const stages = (status: CellStatus = 'succeeded') => Object.fromEntries(STAGE_CELLS.map((key) => [key, cell(status)]));
const persistent: StageFailure = { code: 'ACCESS_DENIED', class: 'persistent', message: 'denied', actor: 'customer' };
const transient: StageFailure = { code: 'DATABASE_UNAVAILABLE', class: 'transient', message: 'away', actor: 'nobody' };

describe('the outcome of a run', () => {
  it.each([
    ['everything succeeded', { iam: cell('succeeded'), ...stages() }, 'succeeded', null],
    ['some categories failed', { iam: cell('succeeded'), s3: cell('failed'), ...stages() }, 'partial', 'some_categories_failed'],
    ['a category was read in part', { iam: cell('partial'), ...stages() }, 'partial', 'some_categories_failed'],
    ['all categories failed', { iam: cell('failed'), s3: cell('timeout'), ...stages('skipped') }, 'failed', 'all_categories_failed'],
    ['a platform stage failed', { iam: cell('succeeded'), ...stages(), __chain: cell('failed') }, 'failed', 'stage_failed'],
    ['rules threw', { iam: cell('succeeded'), ...stages(), __eval: cell('partial') }, 'partial', 'rule_errors'],
    [
      'a stage failed beside failed categories',
      { iam: cell('failed'), s3: cell('succeeded'), ...stages(), __sync: cell('failed') },
      'failed',
      'stage_failed',
    ],
    ['an ingest has no categories', stages(), 'succeeded', null],
  ])('RUN-02: %s', (_, cells, status, reason) => {
    expect(outcomeOf(cells, null)).toEqual({ status, reason });
  });

  it.each([
    ['cancelled', CANCELLED, 'failed', 'cancelled'],
    ['over budget', BUDGET_EXCEEDED, 'timeout', 'budget_exceeded'],
    ['orphaned', ORPHANED, 'timeout', 'orphaned'],
    ['persistent', persistent, 'failed', 'stage_failed'],
    ['exhausted transient retries', transient, 'failed', 'stage_failed'],
  ])('RUN-17: a run that stopped because it was %s', (_, failure, status, reason) => {
    expect(outcomeOf({}, { at: 'stage', failure })).toEqual({ status, reason });
  });

  it('RUN-11: only a persistent failure before derivation starts a cooldown', () => {
    const failed = { status: 'failed', reason: 'connector_failed' } as const;
    expect(startsCooldown({}, { at: 'connector', failure: persistent }, failed)).toBe(true);
    expect(startsCooldown({}, { at: 'connector', failure: transient }, failed)).toBe(false);
    expect(startsCooldown({}, { at: 'stage', failure: CANCELLED }, { status: 'failed', reason: 'cancelled' })).toBe(false);
    expect(startsCooldown(stages(), { at: 'stage', failure: persistent }, { status: 'failed', reason: 'stage_failed' })).toBe(false);
    expect(startsCooldown({ iam: cell('failed') }, null, { status: 'failed', reason: 'all_categories_failed' })).toBe(true);
  });

  it('RUN-11: categories that all failed for passing reasons start no cooldown', () => {
    const passing: Cell = { ...cell('failed'), errors: [{ ...transient }] };
    expect(startsCooldown({ iam: passing, s3: passing }, null, { status: 'failed', reason: 'all_categories_failed' })).toBe(false);
  });

  it('RUN-02: whatever the cells, the outcome is a terminal status', () => {
    const cells = fc.dictionary(fc.constantFrom('iam', 's3', '__driver__', ...STAGE_CELLS), fc.constantFrom(...CELL_STATUSES).map(cell));
    fc.assert(
      fc.property(
        cells,
        (given) => RUN_STATUSES.includes(outcomeOf(given, null).status) && outcomeOf(given, null).status !== ('running' as string),
      ),
    );
  });
});

describe('cell keys', () => {
  it.each(['iam', 'a', 'a_b9', '__sync', '__driver__', 'a'.repeat(64)])('RUN-04: %s is a key', (key) => expect(key).toMatch(CELL_KEY));
  it.each(['', 'Iam', '_x', '9a', '___', '__', '__9', 'a-b', 'a'.repeat(65), '__' + 'a'.repeat(32), 'iam\n'])('RUN-04: %j is not', (key) =>
    expect(CELL_KEY.test(key)).toBe(false),
  );
});

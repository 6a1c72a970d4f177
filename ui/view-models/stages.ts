/** The six stages that a person sees of a run, made of its cells (RUN-03, RUN-05): the connector's own categories are one stage. Pure. */
import { type CountWords, READ_COUNTS, STAGE_COUNTS } from '../../domain/runs/counts.ts';
import { type Cell, type CellError, type CellStatus, DRIVER_CELL, type ScanRun, type StageCell } from '../../domain/runs/types.ts';
import type { HistoryPoint, RunRow } from '../../domain/views/types.ts';

export const STAGES = ['connector', 'sync', 'chain', 'stitch', 'eval', 'evidence'] as const;
export type StageName = (typeof STAGES)[number];

/** `not_asked`: this kind of run has no such stage. `not_reached`: it ended without a word about it. */
export type StageStatus = CellStatus | 'running' | 'waiting' | 'not_asked' | 'not_reached';

export interface StageView {
  readonly name: StageName;
  readonly status: StageStatus;
  /** Null where nothing was counted, for nothing was done. */
  readonly items: number | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly error_count: number;
}

const CELL_OF: Readonly<Record<Exclude<StageName, 'connector'>, StageCell>> = {
  sync: '__sync',
  chain: '__chain',
  stitch: '__stitch',
  eval: '__eval',
  evidence: '__evidence',
};

export const countsOf = (stage: StageName): CountWords => (stage === 'connector' ? READ_COUNTS : STAGE_COUNTS[CELL_OF[stage]]);

const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/** The connector's own cells, in name order. */
export function categoriesOf(run: ScanRun): readonly (readonly [string, Cell])[] {
  return Object.entries(run.category_results)
    .filter(([key]) => !key.startsWith('__'))
    .sort(byKey);
}

export function stagesOf(run: ScanRun): readonly StageView[] {
  const known = STAGES.map((name) => (name === 'connector' ? connectorStage(run) : cellStage(name, run.category_results[CELL_OF[name]])));
  return known.map((stage, index): StageView => {
    if (typeof stage !== 'string') return stage;
    const isNext = known.slice(0, index).every((earlier) => typeof earlier !== 'string' || !asked(run, earlier));
    return { name: stage, status: missingStatus(run, stage, isNext), items: null, started_at: null, ended_at: null, error_count: 0 };
  });
}

function asked(run: ScanRun, stage: StageName): boolean {
  if (run.scope_id.startsWith('gate:')) return isAskedFor(run, stage);
  if (stage === 'connector') return !run.scope_id.startsWith('ingest:');
  return stage === 'sync' || isAskedFor(run, stage);
}

const isAskedFor = (run: ScanRun, stage: StageName): boolean =>
  stage !== 'connector' && run.derive_cells.some((cell) => cell === CELL_OF[stage]);

function missingStatus(run: ScanRun, stage: StageName, isNext: boolean): StageStatus {
  if (!asked(run, stage)) return 'not_asked';
  if (run.status !== 'running') return 'not_reached';
  const derived = stage !== 'connector' && stage !== 'sync';
  // A derivation stage runs only once a pass of the tenant has picked the run (FLOW-03).
  return isNext && !(derived && run.derivation_pass === null) ? 'running' : 'waiting';
}

function cellStage(name: Exclude<StageName, 'connector'>, cell: Cell | undefined): StageView | StageName {
  if (cell === undefined) return name;
  return {
    name,
    status: cell.status,
    items: cell.status === 'skipped' ? null : cell.items_scanned,
    started_at: cell.started_at,
    ended_at: cell.ended_at,
    error_count: cell.errors.length,
  };
}

function connectorStage(run: ScanRun): StageView | 'connector' {
  const driver = run.category_results[DRIVER_CELL];
  const cells = [...(driver === undefined ? [] : [driver]), ...categoriesOf(run).map(([, cell]) => cell)];
  if (cells.length === 0) return 'connector';
  return {
    name: 'connector',
    status: driver?.status ?? together(cells.map((cell) => cell.status)),
    items: cells.reduce((sum, cell) => sum + cell.items_scanned, 0),
    started_at: cells.map((cell) => cell.started_at).reduce((a, b) => (a < b ? a : b)),
    ended_at: cells.map((cell) => cell.ended_at).reduce((a, b) => (a > b ? a : b)),
    error_count: cells.reduce((sum, cell) => sum + cell.errors.length, 0),
  };
}

/** One word for several categories; the same rule as the run's own status (RUN-02). */
function together(statuses: readonly CellStatus[]): CellStatus {
  const first = statuses[0];
  if (first !== undefined && statuses.every((status) => status === first)) return first;
  return statuses.some((status) => status === 'succeeded' || status === 'partial') ? 'partial' : 'failed';
}

/** `items_scanned` of one stage over earlier runs, oldest first; null where a run has no such cell. */
export function stageHistory(stage: StageName, history: readonly HistoryPoint[]): readonly (number | null)[] {
  return history.map(({ items }) => {
    if (stage !== 'connector') return items[CELL_OF[stage]] ?? null;
    const own = Object.entries(items).filter(([key]) => !key.startsWith('__'));
    return own.length === 0 ? null : own.reduce((sum, [, value]) => sum + value, 0);
  });
}

/** Where the row's own run is among the scope's last ones; -1 when it is older than they are. */
export const ownIndex = (row: RunRow): number => row.history.findIndex(({ run_id }) => run_id === row.run._id);

/** Median duration in milliseconds of the scope's completed runs; null when fewer than three tell. */
export function usualDuration(history: readonly HistoryPoint[]): number | null {
  const durations = history
    .flatMap(({ status, started_at, ended_at }) =>
      (status === 'succeeded' || status === 'partial') && ended_at !== null ? [ended_at.getTime() - started_at.getTime()] : [],
    )
    .sort((a, b) => a - b);
  return durations.length < 3 ? null : (durations[Math.floor(durations.length / 2)] ?? null);
}

/** An error and where it happened. */
export interface PlacedError {
  readonly stage: StageName;
  /** The category, for a connector's error. */
  readonly category: string | null;
  readonly error: CellError;
}

/** In pipeline order, and the cause before what follows from it: the first is shown alone where there is room for one. */
export function errorsOf(run: ScanRun): readonly PlacedError[] {
  const at = (stage: StageName, category: string | null, cell: Cell | undefined): PlacedError[] =>
    (cell?.errors ?? []).map((error) => ({ stage, category, error }));
  const driver = at('connector', null, run.category_results[DRIVER_CELL]);
  const categories = categoriesOf(run).flatMap(([category, cell]) => at('connector', category, cell));
  // That everything failed for a passing reason is the sum of what the categories say: they say which.
  const summed = driver.every(({ error }) => error.code === 'CONNECTOR_TRANSIENT');
  return [
    ...(summed ? [...categories, ...driver] : [...driver, ...categories]),
    ...STAGES.flatMap((stage) => (stage === 'connector' ? [] : at(stage, null, run.category_results[CELL_OF[stage]]))),
  ];
}

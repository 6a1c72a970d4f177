/** The last runs of several scopes at once, for sparklines: not one query a scope, but one a range of time for all that still lack some. */
import type { ScopeId } from '../../domain/ids.ts';
import { CELL_KEY, DRIVER_CELL, type ScanRun, STAGE_CELLS } from '../../domain/runs/types.ts';
import type { HistoryPoint } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { timeRange } from './windows.ts';

const POINTS = 20;
const HOUR = 3_600_000;
const FIRST_WINDOW = 2 * HOUR;
/** A scope that has fewer than 20 runs in a range has at most about a hundred in the next: what is read stays in proportion. */
const GROWTH = 5;
/** Fields named in one projection; a connector has a dozen categories. */
const MOST_KEYS = 300;

type HistoryRow = Pick<ScanRun, '_id' | 'scope_id' | 'status' | 'started_at' | 'ended_at'> & {
  readonly category_results?: Readonly<Record<string, { readonly items_scanned?: number }>>;
};

/** By scope, oldest first. */
export async function historiesOf(
  { scanRuns }: Pick<Collections, 'scanRuns'>,
  runs: readonly ScanRun[],
  now: Date,
): Promise<ReadonlyMap<ScopeId, readonly HistoryPoint[]>> {
  const found = new Map<ScopeId, HistoryPoint[]>(runs.map((run) => [run.scope_id, []]));
  const projection = { scope_id: 1, status: 1, started_at: 1, ended_at: 1, ...itemFields(runs) };
  let to: Date | null = null;
  for (let width = FIRST_WINDOW; ; width *= GROWTH) {
    const wanting = [...found].filter(([, points]) => points.length < POINTS).map(([scope]) => scope);
    if (wanting.length === 0 || (to !== null && to.getTime() === 0)) return reversed(found);
    const from: Date = new Date(Math.max(0, (to ?? now).getTime() - width));
    const rows = scanRuns
      .find({ scope_id: { $in: wanting }, started_at: timeRange(from, to) }, { projection })
      .sort({ started_at: -1, _id: -1 });
    for await (const row of rows as unknown as AsyncIterable<HistoryRow>) {
      const points = found.get(row.scope_id);
      if (points !== undefined && points.length < POINTS) points.push(pointOf(row));
    }
    to = from;
  }
}

/** Only the counts: cells can hold many errors. Keys are those of the runs shown, checked before they become paths. */
function itemFields(runs: readonly ScanRun[]): Readonly<Record<string, 1>> {
  const keys = new Set<string>([...STAGE_CELLS, DRIVER_CELL, ...runs.flatMap((run) => Object.keys(run.category_results))]);
  return Object.fromEntries(
    [...keys]
      .filter((key) => CELL_KEY.test(key))
      .slice(0, MOST_KEYS)
      .map((key) => [`category_results.${key}.items_scanned`, 1 as const]),
  );
}

function pointOf(row: HistoryRow): HistoryPoint {
  const cells = Object.entries(row.category_results ?? {}).flatMap(([key, cell]) =>
    typeof cell.items_scanned === 'number' ? [[key, cell.items_scanned] as const] : [],
  );
  return { run_id: row._id, status: row.status, started_at: row.started_at, ended_at: row.ended_at, items: Object.fromEntries(cells) };
}

function reversed(found: ReadonlyMap<ScopeId, HistoryPoint[]>): ReadonlyMap<ScopeId, readonly HistoryPoint[]> {
  return new Map([...found].map(([scope, points]) => [scope, points.reverse()]));
}

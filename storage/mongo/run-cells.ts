/** Cells are stamped once, and only while the run is `running` (RUN-07, RUN-14): guards are in the filter, not in the caller. */
import type { UpdateFilter } from 'mongodb';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { runId, type RunId, type TenantId } from '../../domain/ids.ts';
import {
  CELL_KEY,
  type CategoryResults,
  type Cell,
  DRIVER_CELL,
  ISOLATION_LEVELS,
  type PlatformCell,
  type ScanRun,
  STAGE_CELLS,
} from '../../domain/runs/types.ts';
import type { Collections } from '../collections.ts';
import type { Collected } from '../ports/runs.ts';
import { instant, oneOf, ownTenant } from './guards.ts';

type RunCollections = Pick<Collections, 'scanRuns'>;

const PLATFORM_CELLS: readonly string[] = [...STAGE_CELLS, DRIVER_CELL];

function refuseKey(key: string, expected: string): never {
  throw new InvalidInputError('the key of a cell is not allowed', {
    code: 'INVALID_CELL_KEY',
    field: 'category_results',
    expected,
    subject: key.slice(0, 80),
  });
}

/** RUN-05: the set is closed. */
export function platformKey(key: string): PlatformCell {
  if (!PLATFORM_CELLS.includes(key)) refuseKey(key, PLATFORM_CELLS.join(', '));
  return key as PlatformCell;
}

/** RUN-04: `__` is the platform's. */
export function categoryKeys(cells: CategoryResults): void {
  for (const key of Object.keys(cells)) {
    if (!CELL_KEY.test(key) || key.startsWith('__')) refuseKey(key, 'a category name: ^[a-z][a-z0-9_]{0,63}$');
  }
}

/** `$literal`, because messages may begin with `$`; cells that are there already win. */
export function fillCells(cells: Readonly<Record<string, Cell>>): object {
  return { $mergeObjects: [{ $literal: cells }, '$category_results'] };
}

export async function stampOne(
  { scanRuns }: RunCollections,
  tenant: TenantId,
  run: RunId,
  key: PlatformCell,
  cell: Cell,
): Promise<boolean> {
  const path = `category_results.${platformKey(key)}`;
  const open = { _id: runId(run), tenant_id: ownTenant(tenant), status: 'running' as const, [path]: { $exists: false } };
  const { matchedCount } = await scanRuns.updateOne(open, { $set: { [path]: cell } } as UpdateFilter<ScanRun>);
  if (matchedCount === 0) await mustExist({ scanRuns }, tenant, run);
  return matchedCount === 1;
}

/** One compare-and-set for all that a try of the connector stage left: a later try changes nothing. Gives the run as it is now. */
export async function collectOnce(
  { scanRuns }: RunCollections,
  tenant: TenantId,
  run: RunId,
  { cells, artifact, isolation, at }: Collected,
): Promise<ScanRun> {
  categoryKeys(cells);
  const open = { _id: runId(run), tenant_id: ownTenant(tenant), status: 'running' as const, collected_at: null };
  const fields = {
    category_results: fillCells(cells),
    artifact: { $literal: artifact },
    isolation: oneOf('isolation', isolation, ISOLATION_LEVELS),
    collected_at: instant('at', at),
  };
  return (await scanRuns.findOneAndUpdate(open, [{ $set: fields }], { returnDocument: 'after' })) ?? mustExist({ scanRuns }, tenant, run);
}

/** Sets fields of a running run where `condition` holds; false when it is over or they are set already. @throws NotFoundError */
export async function setWhileRunning(
  { scanRuns }: RunCollections,
  tenant: TenantId,
  run: RunId,
  condition: Partial<ScanRun>,
  fields: Partial<ScanRun>,
): Promise<boolean> {
  const filter = { _id: runId(run), tenant_id: ownTenant(tenant), status: 'running' as const, ...condition };
  const { matchedCount } = await scanRuns.updateOne(filter, { $set: fields });
  if (matchedCount === 0) await mustExist({ scanRuns }, tenant, run);
  return matchedCount === 1;
}

export async function mustExist({ scanRuns }: RunCollections, tenant: TenantId, run: RunId): Promise<ScanRun> {
  const row = await scanRuns.findOne({ _id: runId(run), tenant_id: ownTenant(tenant) });
  if (row === null) throw new NotFoundError('run', run);
  return row;
}

/** How completely each category was read (DATA-03), fenced by generation. */
import type { ScanRun } from '../../domain/runs/types.ts';
import type { CategoryResults, CellStatus } from '../../domain/runs/types.ts';
import type { CoverageDoc, Collections } from '../collections.ts';
import { fencedWrites } from '../mongo/bulk.ts';
import type { RowStamp } from './rows.ts';

const STATUS: Readonly<Record<CellStatus, CoverageDoc['status']>> = {
  succeeded: 'complete',
  partial: 'partial',
  failed: 'failed',
  timeout: 'failed',
  skipped: 'failed',
};

export const coverageOf = (results: CategoryResults): ReadonlyMap<string, CoverageDoc['status']> =>
  new Map(Object.entries(results).map(([category, cell]) => [category, STATUS[cell.status]]));

/** @returns how many rows were fenced */
export function writeCoverage(
  coverage: Collections['coverage'],
  stamp: RowStamp & { readonly source_tenant: string; readonly run: ScanRun['_id'] },
  statuses: ReadonlyMap<string, CoverageDoc['status']>,
  completeAt: ReadonlyMap<string, readonly Date[]> = new Map(),
): Promise<number> {
  const writes = [...statuses].map(([category, status]) => {
    const { tenant_id, scope_id, instance_id, source_system, source_tenant, gen, run, now } = stamp;
    const filter = { _id: `${scope_id}:${category}`, tenant_id, gen: { $lte: gen } };
    const complete_at = completeAt.get(category);
    const facts = { scope_id, instance_id, source_system, source_tenant, category, status, gen, run_id: run, read_at: now };
    const update = { $set: complete_at === undefined ? facts : { ...facts, complete_at } };
    return { upsert: { updateOne: { filter, update, upsert: true } } };
  });
  return fencedWrites(coverage, writes);
}

/** Of the categories that this run read completely: when that was, and when it was before. Repeated, it gives the same. */
export async function completeReads(
  coverage: Collections['coverage'],
  { tenant_id, scope_id, now }: Pick<RowStamp, 'tenant_id' | 'scope_id' | 'now'>,
  statuses: ReadonlyMap<string, CoverageDoc['status']>,
): Promise<ReadonlyMap<string, readonly Date[]>> {
  const before = new Map<string, readonly Date[]>();
  for await (const row of coverage.find({ tenant_id, scope_id }, { projection: { category: 1, complete_at: 1 } }))
    before.set(row.category, row.complete_at ?? []);
  const complete = [...statuses].filter(([, status]) => status === 'complete');
  return new Map(complete.map(([category]) => [category, [now, ...(before.get(category) ?? []).filter((at) => at < now)].slice(0, 2)]));
}

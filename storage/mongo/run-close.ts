/** The end of a run: a compare-and-set from `running`; whoever is first decides, and a repetition mends what the first left open. */
import { runId, scopeId, type TenantId } from '../../domain/ids.ts';
import { CELL_KEY, type Cell, type ScanRun } from '../../domain/runs/types.ts';
import type { Collections } from '../collections.ts';
import type { CloseRequest, RunRepository } from '../ports/runs.ts';
import { instant, oneOf, ownTenant } from './guards.ts';
import { fillCells, mustExist, platformKey } from './run-cells.ts';
import { release } from './run-claim.ts';

type CloseCollections = Pick<Collections, 'scanRuns' | 'scanScopes'>;
type Ending = Pick<ScanRun, 'status' | 'reason'> & { readonly cells: Readonly<Record<string, Cell>>; readonly now: Date };

const TERMINAL = ['succeeded', 'partial', 'failed', 'timeout'] as const;

function end({ scanRuns }: CloseCollections, tenant: TenantId, run: ScanRun['_id'], ending: Ending): Promise<ScanRun | null> {
  for (const key of Object.keys(ending.cells)) if (!CELL_KEY.test(key) || key.startsWith('__')) platformKey(key);
  return scanRuns.findOneAndUpdate(
    { _id: run, tenant_id: tenant, status: 'running' },
    [
      {
        $set: {
          status: { $literal: ending.status },
          reason: { $literal: ending.reason },
          ended_at: instant('now', ending.now),
          category_results: fillCells(ending.cells),
        },
      },
    ],
    { returnDocument: 'after' },
  );
}

export async function closeRun(collections: CloseCollections, tenant: TenantId, request: CloseRequest): Promise<ScanRun> {
  const mine = ownTenant(tenant);
  const status = oneOf('status', request.status, TERMINAL);
  const closed = await end(collections, mine, runId(request.run_id), { ...request, status });
  const run = closed ?? (await mustExist(collections, mine, request.run_id));
  // The cooldown belongs to the outcome that was recorded: a late call with another outcome sets none.
  const ours = run.status === request.status && run.reason === request.reason;
  await release(collections, mine, run.scope_id, run._id, ours ? request.cooldown_until : null);
  return run;
}

export async function orphanRun(
  collections: CloseCollections,
  tenant: TenantId,
  orphan: Parameters<RunRepository['markOrphan']>[1],
): Promise<ScanRun | null> {
  const mine = ownTenant(tenant);
  const [run, scope] = [runId(orphan.run_id), scopeId(orphan.scope_id)];
  const ended = await end(collections, mine, run, { status: 'timeout', reason: 'orphaned', cells: orphan.cells, now: orphan.now });
  const row = ended ?? (await collections.scanRuns.findOne({ _id: run, tenant_id: mine }));
  await release(collections, mine, row?.scope_id ?? scope, run, null);
  return row;
}

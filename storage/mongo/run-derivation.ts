/** Runs that wait for their tenant's derivation pass (FLOW-03). */
import { runId, type RunId, type TenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { Collections } from '../collections.ts';
import { ownTenant, whole } from './guards.ts';

type RunCollections = Pick<Collections, 'scanRuns'>;

const EPOCH = new Date(0);

/**
 * Whoever asked and still has an open cell, also if an earlier pass had picked it: passes of one tenant never overlap, so while a pass is being
 * picked no other is at work, and a run that a dead pass left behind is found again.
 */
export async function listWaiting({ scanRuns }: RunCollections, tenant: TenantId): Promise<readonly ScanRun[]> {
  const asked = { tenant_id: ownTenant(tenant), status: 'running' as const, derivation_requested_at: { $gt: EPOCH } };
  const runs = await scanRuns.find(asked).sort({ derivation_requested_at: 1, _id: 1 }).toArray();
  return runs.filter((run) => run.derive_cells.some((cell) => !Object.hasOwn(run.category_results, cell)));
}

/** `derivation_requested_at: null` and a first element of `derive_cells`: siblings that are still on their way to the pass. */
export function countPending({ scanRuns }: RunCollections, tenant: TenantId): Promise<number> {
  return scanRuns.countDocuments({
    tenant_id: ownTenant(tenant),
    status: 'running',
    derivation_requested_at: null,
    collected_at: { $gt: EPOCH },
    'derive_cells.0': { $exists: true },
  });
}

export async function assignPass(
  { scanRuns }: RunCollections,
  tenant: TenantId,
  runs: readonly RunId[],
  pass: number,
): Promise<readonly ScanRun[]> {
  const number = whole('pass', pass);
  const mine = { tenant_id: ownTenant(tenant), _id: { $in: runs.map((run) => runId(run)) }, status: 'running' as const };
  const free = { $or: [{ derivation_pass: null }, { derivation_pass: { $lt: number } }] };
  await scanRuns.updateMany({ ...mine, ...free }, { $set: { derivation_pass: number } });
  return scanRuns
    .find({ ...mine, derivation_pass: number })
    .sort({ derivation_requested_at: 1, _id: 1 })
    .toArray();
}

export async function listPass({ scanRuns }: RunCollections, tenant: TenantId, pass: number): Promise<readonly ScanRun[]> {
  return scanRuns
    .find({ tenant_id: ownTenant(tenant), derivation_pass: whole('pass', pass) })
    .sort({ _id: 1 })
    .toArray();
}

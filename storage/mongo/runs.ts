import { NotFoundError } from '../../domain/errors.ts';
import { runId, type RunId, scopeId, type TenantId } from '../../domain/ids.ts';
import { ISOLATION_LEVELS, RUN_STATUSES, type ScanRun, TRIGGER_TYPES } from '../../domain/runs/types.ts';
import type { Filter } from 'mongodb';
import type { RunFilter, RunRepository } from '../ports/runs.ts';
import { mappingErrors } from './errors.ts';
import { instant, oneOf, ownTenant, pageSize, text } from './guards.ts';
import { collectOnce, mustExist, setWhileRunning, stampOne } from './run-cells.ts';
import { claimScope, type ClaimCollections } from './run-claim.ts';
import { closeRun, orphanRun } from './run-close.ts';
import { assignPass, countPending, listPass, listWaiting } from './run-derivation.ts';

const NEWEST_FIRST = { started_at: -1, _id: -1 } as const;

export function createRunRepository(collections: ClaimCollections): RunRepository {
  const { scanRuns } = collections;
  const find = (tenant: TenantId, run: RunId): Promise<ScanRun | null> =>
    scanRuns.findOne({ _id: runId(run), tenant_id: ownTenant(tenant) });

  return mappingErrors<RunRepository>('runs', {
    claim: (request) => claimScope(collections, request),

    find,
    async get(tenant, run) {
      const row = await find(tenant, run);
      if (row === null) throw new NotFoundError('run', run);
      return row;
    },
    async list(tenant, filter = {}) {
      return scanRuns
        .find(listFilter(tenant, filter))
        .sort(NEWEST_FIRST)
        .limit(pageSize(filter.limit, 50, 500))
        .toArray();
    },
    async previousRuns(tenant, run, limit) {
      const row = await find(tenant, run);
      if (row === null) return [];
      const earlier = { tenant_id: row.tenant_id, scope_id: row.scope_id, ...olderThan(row.started_at, row._id) };
      return scanRuns
        .find(earlier)
        .sort(NEWEST_FIRST)
        .limit(pageSize(limit, 10, 500))
        .toArray();
    },
    async isRunning(tenant, run) {
      const running = { _id: runId(run), tenant_id: ownTenant(tenant), status: 'running' as const };
      return (await scanRuns.findOne(running, { projection: { _id: 1 } })) !== null;
    },

    stampCell: (tenant, run, key, cell) => stampOne(collections, tenant, run, key, cell),
    setCollected: (tenant, run, collected) => collectOnce(collections, tenant, run, collected),
    setIsolation: (tenant, run, isolation) =>
      setWhileRunning(collections, tenant, run, { collected_at: null }, { isolation: oneOf('isolation', isolation, ISOLATION_LEVELS) }),
    async setSync(tenant, run, sync, at) {
      const running = { _id: runId(run), tenant_id: ownTenant(tenant), status: 'running' as const };
      const fields = { sync_id: { $literal: text('sync', sync) }, collected_at: { $ifNull: ['$collected_at', instant('at', at)] } };
      const { matchedCount } = await scanRuns.updateOne(running, [{ $set: fields }]);
      if (matchedCount === 0) await mustExist(collections, tenant, run);
      return matchedCount === 1;
    },

    async requestDerivation(tenant, run, at) {
      await setWhileRunning(collections, tenant, run, { derivation_requested_at: null }, { derivation_requested_at: instant('at', at) });
      return mustExist(collections, tenant, run);
    },
    listWaitingForDerivation: (tenant) => listWaiting(collections, tenant),
    countPending: (tenant) => countPending(collections, tenant),
    assignPass: (tenant, runs, pass) => assignPass(collections, tenant, runs, pass),
    listPass: (tenant, pass) => listPass(collections, tenant, pass),

    close: (tenant, request) => closeRun(collections, tenant, request),
    markOrphan: (tenant, orphan) => orphanRun(collections, tenant, orphan),
    async *listRunning(before) {
      yield* scanRuns.find({ status: 'running', started_at: { $lt: instant('before', before) } }).sort({ started_at: 1 });
    },
  });
}

function listFilter(tenant: TenantId, filter: RunFilter): Filter<ScanRun> {
  return {
    tenant_id: ownTenant(tenant),
    ...(filter.scope_id === undefined ? {} : { scope_id: scopeId(filter.scope_id) }),
    ...(filter.status === undefined ? {} : { status: oneOf('status', filter.status, RUN_STATUSES) }),
    ...(filter.trigger === undefined ? {} : { 'trigger.type': oneOf('trigger', filter.trigger, TRIGGER_TYPES) }),
    ...(filter.before === undefined ? {} : olderThan(instant('before.started_at', filter.before.started_at), runId(filter.before.run_id))),
  };
}

function olderThan(started_at: Date, run: RunId): Filter<ScanRun> {
  return { started_at: { $lte: started_at }, $or: [{ started_at: { $lt: started_at } }, { _id: { $lt: run } }] };
}

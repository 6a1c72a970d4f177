/** Runs, newest first: of one tenant, or of all of them for the operator's own list. */
import type { Filter } from 'mongodb';
import { type RunId, runId, scopeId, type TenantId, tenantId } from '../../domain/ids.ts';
import { RUN_STATUSES, type ScanRun } from '../../domain/runs/types.ts';
import type { Page, PageRequest, RunFilter, RunRow, TimePosition } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { oneOf, ownTenant, pageSize, text } from '../mongo/guards.ts';
import { historiesOf } from './run-history.ts';
import { namesOf } from './names.ts';
import { newestFirst } from './windows.ts';

const NEWEST = { started_at: -1, _id: -1 } as const;
const MOST = 200;

type RunCollections = Pick<Collections, 'scanRuns' | 'tenants' | 'scanScopes' | 'connectorInstances'>;

export function runViews(collections: RunCollections, now: () => Date) {
  const { scanRuns } = collections;

  async function page(filter: Filter<ScanRun>, request: PageRequest<TimePosition>): Promise<Page<ScanRun, TimePosition>> {
    const limit = pageSize(request.limit, 50, MOST);
    const rows = await newestFirst<ScanRun>({
      fetch: async (at, idBefore, most) =>
        scanRuns
          .find({ ...filter, started_at: at, ...(idBefore === null ? {} : { _id: { $lt: runId(idBefore) } }) } as Filter<ScanRun>)
          .sort(NEWEST)
          .limit(most)
          .toArray(),
      limit: limit + 1,
      now: now(),
      ...(request.after === undefined ? {} : { after: request.after }),
    });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? { at: last.started_at.toISOString(), id: last._id } : null };
  }

  return {
    runs: async (tenant: TenantId, filter: RunFilter, request: PageRequest<TimePosition>) =>
      page({ tenant_id: ownTenant(tenant), ...conditions(filter) }, request),

    run: async (tenant: TenantId, id: RunId): Promise<ScanRun | null> => scanRuns.findOne({ _id: runId(id), tenant_id: ownTenant(tenant) }),

    operatorRun: async (id: RunId): Promise<ScanRun | null> => scanRuns.findOne({ _id: runId(id) }),

    newestRuns: async (limit: number): Promise<readonly ScanRun[]> => (await page({}, { limit })).items,

    async operatorRuns(
      { tenant_id, ...filter }: RunFilter & { readonly tenant_id?: TenantId },
      request: PageRequest<TimePosition>,
    ): Promise<Page<RunRow, TimePosition>> {
      const { items, next } = await page(
        { ...(tenant_id === undefined ? {} : { tenant_id: tenantId(tenant_id) }), ...conditions(filter) },
        request,
      );
      return { items: await rowsOf(collections, items, now()), next };
    },
  };
}

/** Runs with the names and the histories that belong to them: a handful of queries for a whole page. */
export async function rowsOf(collections: RunCollections, runs: readonly ScanRun[], now: Date): Promise<readonly RunRow[]> {
  const [names, histories] = await Promise.all([namesOf(collections, runs), historiesOf(collections, runs, now)]);
  return runs.map((run) => ({ run, ...names(run), history: histories.get(run.scope_id) ?? [] }));
}

function conditions(filter: RunFilter): Filter<ScanRun> {
  return {
    ...(filter.status === undefined ? {} : { status: oneOf('status', filter.status, RUN_STATUSES) }),
    ...(filter.connector === undefined ? {} : { connector: text('connector', filter.connector) }),
    ...(filter.scope_id === undefined ? {} : { scope_id: scopeId(filter.scope_id) }),
  };
}

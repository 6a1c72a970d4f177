import { type RunId, runId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { RunDetail, SyncSummary } from '../../domain/views/types.ts';
import type { Collections, ConnectorSyncDoc } from '../collections.ts';
import { passFindings } from './pass-findings.ts';
import { rowsOf } from './runs.ts';

const MOST_RETRIES = 20;

/** Everything of one run's page; null when there is no such run. Reads by the run's own tenant from the run's row on. */
export async function runDetail(collections: Collections, id: RunId, now: Date): Promise<RunDetail | null> {
  const run = await collections.scanRuns.findOne({ _id: runId(id) });
  if (run === null) return null;
  const [[row], scope, sync, findings, state, retries] = await Promise.all([
    rowsOf(collections, [run], now),
    collections.scanScopes.findOne({ _id: run.scope_id, tenant_id: run.tenant_id }),
    syncOf(collections, run),
    passFindings(collections, run),
    collections.tenantState.findOne({ _id: run.tenant_id }),
    retriesOf(collections, run),
  ]);
  if (row === undefined) return null;
  return {
    ...row,
    scope,
    sync,
    pass_findings: findings.listed,
    pass_findings_more: findings.more,
    superseded_pass: run.derivation_pass !== null && (state?.pass ?? 0) > run.derivation_pass,
    retries,
  };
}

async function syncOf({ connectorSyncs }: Collections, run: ScanRun): Promise<SyncSummary | null> {
  if (run.sync_id === null) return null;
  const doc = await connectorSyncs.findOne({ _id: run.sync_id, tenant_id: run.tenant_id });
  return doc === null ? null : summaryOf(doc);
}

const summaryOf = (doc: ConnectorSyncDoc): SyncSummary => ({
  id: doc._id,
  graph_digest: doc.graph_digest,
  entities: doc.entities,
  edges: doc.edges,
  dangling_edges: doc.dangling_edges,
  scrubbed_strings: doc.scrubbed_strings,
  changes: doc.changes,
  changes_truncated: doc.changes_truncated,
  started_at: doc.started_at,
  completed_at: doc.completed_at,
});

async function retriesOf({ scanRuns }: Collections, run: ScanRun): Promise<readonly RunId[]> {
  const rows = await scanRuns
    .find({ tenant_id: run.tenant_id, 'trigger.retry_of': run._id }, { projection: { _id: 1, started_at: 1 } })
    .sort({ started_at: 1, _id: 1 })
    .limit(MOST_RETRIES)
    .toArray();
  return rows.map((row) => row._id);
}

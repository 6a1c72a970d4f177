import type { GraphLimits } from '../../domain/graph/limits.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../../domain/ids.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import type { ConnectorSyncDoc, SyncCounts } from '../collections.ts';

export interface SyncRequest {
  readonly scope_id: ScopeId;
  readonly run_id: RunId;
  readonly generation: number;
  readonly instance_id: InstanceId;
  /** From the connector's manifest: the document must say the same. */
  readonly source_system: string;
  /** The instance's: the document's header must say the same. */
  readonly source_tenant: string;
  /** The connector's cells. Only a `succeeded` category may lose rows (DATA-03); the keys are the categories that may appear. */
  readonly results: CategoryResults;
  /** The plain bytes of the graph: one JSON document or JSON Lines. */
  readonly graph: AsyncIterable<Uint8Array>;
  readonly limits?: Partial<GraphLimits>;
  /** Stamped on rows as seen and changed. Give `collected_at` of the run, so that a repetition writes the same bytes. */
  readonly now: Date;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SyncProgress) => void;
}

export interface SyncProgress {
  readonly phase: 'parse' | 'write' | 'sight' | 'remove' | 'record';
  readonly done: number;
  /** Not known while parsing. */
  readonly total: number | null;
}

export interface SyncOutcome {
  readonly sync_id: string;
  /** `__sync.items_scanned` (RUN-05): entity rows whose creation or last update is attributed to this run. */
  readonly items_scanned: number;
  readonly entities: SyncCounts;
  readonly edges: SyncCounts;
  readonly dangling_edges: number;
  readonly scrubbed_strings: number;
  readonly graph_digest: string;
}

export interface GraphSync {
  /**
   * Idempotent and order-independent (DATA-02); parses everything before the first write, so that a bad document writes nothing.
   * @throws InvalidInputError with the field; FencedError when the run is over or a newer generation owns the scope; TransientError
   */
  sync(tenant: TenantId, request: SyncRequest): Promise<SyncOutcome>;
}

export interface SyncRepository {
  /** @throws NotFoundError also for another tenant's */
  get(tenant: TenantId, sync: string): Promise<ConnectorSyncDoc>;
  findByRun(tenant: TenantId, run: RunId): Promise<ConnectorSyncDoc | null>;
  /** Newest first. */
  listByScope(tenant: TenantId, scope: ScopeId, limit?: number): Promise<readonly ConnectorSyncDoc[]>;
}

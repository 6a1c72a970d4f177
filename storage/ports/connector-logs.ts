import type { RunId, TenantId } from '../../domain/ids.ts';

export interface ConnectorLog {
  /** Of the connector stage: a later attempt replaces an earlier one, never the other way round. */
  readonly attempt: number;
  /** Redacted and capped before they come here; oldest first. */
  readonly lines: readonly string[];
  /** Earlier lines that are not kept. */
  readonly dropped: number;
  readonly updated_at: Date;
}

/** The end of a connector run's log, one record per run, for a while. */
export interface ConnectorLogRepository {
  /** False when a later attempt has written already. */
  put(tenant: TenantId, run: RunId, log: ConnectorLog): Promise<boolean>;
  /** Null also for another tenant's. */
  find(tenant: TenantId, run: RunId): Promise<ConnectorLog | null>;
  /** Of every tenant: deletes what was last written before `before`; how many. */
  sweep(before: Date): Promise<number>;
}

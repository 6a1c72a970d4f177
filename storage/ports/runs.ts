import type { RunId, ScopeId, TenantId } from '../../domain/ids.ts';
import type {
  ArtifactRef,
  CategoryResults,
  Cell,
  DeriveCell,
  IsolationLevel,
  PlatformCell,
  RunReason,
  RunStatus,
  ScanRun,
  TerminalRunStatus,
  Trigger,
} from '../../domain/runs/types.ts';
import type { ConnectorInstance, InFlight, ScanScope, Tenant } from '../../domain/tenancy/types.ts';

export interface ClaimRequest {
  readonly scope_id: ScopeId;
  readonly run_id: RunId;
  readonly workflow_id: string;
  readonly trigger: Trigger;
  readonly derive_cells: readonly DeriveCell[];
  /** Of the caller's clock: started_at, and what cooldowns are compared with. */
  readonly now: Date;
  /** RUN-11: manual starts and retries. */
  readonly override_cooldown: boolean;
  /** What the caller starts: a scope of another kind is `not_found`. */
  readonly kind?: ScanScope['kind'];
  /** A tenant that the caller named: only compared; another one is `not_found` (CRED-05). */
  readonly expected_tenant?: TenantId;
  /** For `scheduled`: the schedule that the run came from; it must be the scope's own, else `not_found`. */
  readonly schedule_id?: string;
}

export type ClaimResult =
  | {
      readonly claimed: true;
      readonly run: ScanRun;
      readonly scope: ScanScope;
      readonly tenant: Tenant;
      /** Null only for gate scopes. */
      readonly instance: ConnectorInstance | null;
    }
  | { readonly claimed: false; readonly reason: 'in_flight'; readonly tenant_id: TenantId; readonly holder: InFlight }
  | { readonly claimed: false; readonly reason: 'cooldown'; readonly tenant_id: TenantId; readonly until: Date }
  | { readonly claimed: false; readonly reason: 'not_found' }
  /** Tenant, instance or scope is not active. */
  | { readonly claimed: false; readonly reason: 'inactive'; readonly tenant_id: TenantId; readonly what: 'tenant' | 'instance' | 'scope' }
  /** This run id was claimed before and is over: a late repetition. */
  | { readonly claimed: false; readonly reason: 'run_over'; readonly run: ScanRun };

export interface CloseRequest {
  readonly run_id: RunId;
  readonly status: TerminalRunStatus;
  readonly reason: RunReason | null;
  /** Filled in where the run has no such cell yet: `skipped` and the failures that a stage could not stamp itself. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Start of the next allowed scheduled run; null: no cooldown. */
  readonly cooldown_until: Date | null;
  readonly now: Date;
}

export interface RunFilter {
  readonly scope_id?: ScopeId;
  readonly status?: RunStatus;
  readonly trigger?: Trigger['type'];
  /** Runs that began before this one (keyset paging on started_at, then id). */
  readonly before?: { readonly started_at: Date; readonly run_id: RunId };
  /** Default 50, at most 500. */
  readonly limit?: number;
}

/** What one try of a connector stage left behind. */
export interface Collected {
  readonly cells: CategoryResults;
  /** Null: the try failed for a passing reason. */
  readonly artifact: ArtifactRef | null;
  readonly isolation: IsolationLevel;
  readonly at: Date;
}

export interface RunRepository {
  /** Compare-and-set on the scope row, then the insert of the run. The same run id again gives the same row (RUN-13). */
  claim(request: ClaimRequest): Promise<ClaimResult>;

  /** @throws NotFoundError also for another tenant's run */
  get(tenant: TenantId, run: RunId): Promise<ScanRun>;
  find(tenant: TenantId, run: RunId): Promise<ScanRun | null>;
  /** Newest first. */
  list(tenant: TenantId, filter?: RunFilter): Promise<readonly ScanRun[]>;
  /** Runs of the same scope before this one, newest first; `[]` when the run is not there. */
  previousRuns(tenant: TenantId, run: RunId, limit: number): Promise<readonly ScanRun[]>;
  isRunning(tenant: TenantId, run: RunId): Promise<boolean>;

  /** Only once and only while `running` (RUN-07). True when it was this call that stamped. @throws NotFoundError */
  stampCell(tenant: TenantId, run: RunId, key: PlatformCell, cell: Cell): Promise<boolean>;
  /**
   * The connector stage is over: its cells and its artifact in one write, while `running`, and the first call wins whole. Cells of one try beside the
   * graph of another would call a category completely read that this graph does not hold (DATA-03). Refuses `__…` keys (RUN-04).
   * Gives the run as it is now, so that a later try sees which one counts. @throws NotFoundError
   */
  setCollected(tenant: TenantId, run: RunId, collected: Collected): Promise<ScanRun>;
  /** How the child of a try that failed was boxed. False when the run is over, or a try of it has collected: that one says it itself. @throws NotFoundError */
  setIsolation(tenant: TenantId, run: RunId, isolation: IsolationLevel): Promise<boolean>;
  /** The sync is over, and with it the connector stage of a run that has none. False when the run is no longer running. @throws NotFoundError */
  setSync(tenant: TenantId, run: RunId, sync: string, at: Date): Promise<boolean>;

  /** First call wins. Gives the run as it is now, so that the caller sees `derive_cells` that are stamped already. @throws NotFoundError */
  requestDerivation(tenant: TenantId, run: RunId, at: Date): Promise<ScanRun>;
  /** Running, asked for derivation, not in a pass yet; in the order of asking. */
  listWaitingForDerivation(tenant: TenantId): Promise<readonly ScanRun[]>;
  /** Running runs that are past `runConnector`, want derivation and have not joined yet. */
  countPending(tenant: TenantId): Promise<number>;
  /** Gives those of `runs` that are in this pass now (running, and in no other pass). */
  assignPass(tenant: TenantId, runs: readonly RunId[], pass: number): Promise<readonly ScanRun[]>;
  /** Runs of a pass, whatever their status. */
  listPass(tenant: TenantId, pass: number): Promise<readonly ScanRun[]>;

  /** Compare-and-set from `running`, then cooldown and release of the scope. Repeated: the same answer, nothing changed. @throws NotFoundError */
  close(tenant: TenantId, request: CloseRequest): Promise<ScanRun>;
  /**
   * The run's work is gone (RUN-14): `timeout`, `orphaned`, and the scope is released. Where the run's row was never inserted, only the scope is
   * released and null comes back. A run that is over already stays as it is.
   */
  markOrphan(
    tenant: TenantId,
    orphan: { readonly scope_id: ScopeId; readonly run_id: RunId; readonly cells: Readonly<Record<string, Cell>>; readonly now: Date },
  ): Promise<ScanRun | null>;
  /** Running runs of all tenants that started before `before`, oldest first. */
  listRunning(before: Date): AsyncIterable<ScanRun>;
}

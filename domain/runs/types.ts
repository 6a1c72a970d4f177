/** The root record of a pipeline run (RUN-01) and its cells (RUN-03). Pure types: workflows import this file. */
import type { Actor, FailureClass } from '../errors.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../ids.ts';

/** RUN-02: the only root statuses. A cancelled run is `failed` with the reason `cancelled`. */
export const RUN_STATUSES = ['running', 'succeeded', 'partial', 'failed', 'timeout'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalRunStatus = Exclude<RunStatus, 'running'>;

export const CELL_STATUSES = ['succeeded', 'partial', 'failed', 'timeout', 'skipped'] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** RUN-05: the closed set of platform cells, in pipeline order; `__driver__` is the sentinel of the connector process itself. */
export const STAGE_CELLS = ['__sync', '__chain', '__stitch', '__eval', '__evidence'] as const;
export type StageCell = (typeof STAGE_CELLS)[number];
export const DRIVER_CELL = '__driver__';
export type PlatformCell = StageCell | typeof DRIVER_CELL;

/** The cells that the tenant's derivation pass stamps, in the order in which its stages run. */
export const DERIVE_CELLS = ['__chain', '__stitch', '__eval', '__evidence'] as const satisfies readonly StageCell[];
export type DeriveCell = (typeof DERIVE_CELLS)[number];

/** RUN-04. */
export const CELL_KEY = /^(?:[a-z][a-z0-9_]{0,63}|__[a-z][a-z0-9_]{0,30})$/;

export interface CellError {
  readonly code: string;
  readonly class: FailureClass;
  readonly message: string;
  readonly actor: Actor;
  readonly subject?: string;
}

/** RUN-03: no cell has another field. Times are ISO 8601 in UTC. */
export interface Cell {
  readonly status: CellStatus;
  readonly items_scanned: number;
  readonly started_at: string;
  readonly ended_at: string;
  readonly errors: readonly CellError[];
}

export type CategoryResults = Readonly<Record<string, Cell>>;

export const TRIGGER_TYPES = ['scheduled', 'manual_api', 'iac_lifecycle', 'deploy_gate'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

/** RUN-08. `source` says what started it: `schedule:<id>`, `cli`, `api`, `ui`, `gate:<id>`, `ingest`. */
export interface Trigger {
  readonly type: TriggerType;
  readonly source: string;
  readonly triggered_by_user_id: string | null;
  readonly retry_of?: RunId;
}

/** Why a run ended as it did, for a person; `cancelled` when someone stopped it. */
export type RunReason =
  | 'cancelled'
  | 'budget_exceeded'
  | 'orphaned'
  | 'preflight_failed'
  | 'connector_failed'
  | 'stage_failed'
  | 'all_categories_failed'
  | 'some_categories_failed'
  | 'rule_errors';

/** How well the connector child was boxed (CRED-09), the strongest that the host has; strongest first. */
export const ISOLATION_LEVELS = ['bubblewrap', 'namespaces', 'uid', 'none'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

export interface ScanRun {
  readonly _id: RunId;
  readonly tenant_id: TenantId;
  readonly scope_id: ScopeId;
  readonly instance_id: InstanceId | null;
  readonly connector: string;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  readonly trigger: Trigger;
  readonly workflow_id: string;
  /** Increasing per scope: the fence of everything that this run writes. */
  readonly generation: number;
  readonly category_results: CategoryResults;
  /** RUN-09: the `connector_syncs` record of this run. */
  readonly sync_id: string | null;
  /** Cells that this run asked the tenant's derivation pass for. */
  readonly derive_cells: readonly DeriveCell[];
  readonly derivation_requested_at: Date | null;
  /** The pass that stamps this run, once one has picked it. */
  readonly derivation_pass: number | null;
  /** When the connector stage was over (or skipped): the run is then past `runConnector`. */
  readonly collected_at: Date | null;
  /**
   * What the connector stage left, of the same try as the categories' cells: null when it failed for a passing reason and was not to be tried again,
   * absent before, and where there was no connector.
   */
  readonly artifact?: ArtifactRef | null;
  readonly isolation: IsolationLevel | null;
  readonly started_at: Date;
  readonly deadline_at: Date;
  readonly ended_at: Date | null;
}

/** Claim check: the graph is in the artifact store, Temporal carries only this. `digest` is the SHA-256 of the plain bytes. */
export interface ArtifactRef {
  readonly artifact_id: string;
  readonly digest: string;
  readonly bytes: number;
}

/** Which try of a stage this is: a stage stamps its own failure only when nobody will try again. */
export interface Attempt {
  readonly number: number;
  readonly last: boolean;
}

export const REFUSAL_REASONS = ['in_flight', 'cooldown', 'not_found', 'inactive', 'run_over'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a start was refused: `holder` names the run in flight, `until` (ISO 8601) the end of the cooldown. */
export interface Refusal {
  readonly refused: RefusalReason;
  readonly holder?: string;
  readonly until?: string;
}

/** What a run's workflow gives back. */
export type ScanResult = { readonly run_id: RunId; readonly status: TerminalRunStatus; readonly reason: RunReason | null } | Refusal;

/** Inputs and results of activities: ids, counts and digests only (FLOW-05). Types alone, so that workflows may import this file. */
import type { GateStage } from '../domain/gate/stages.ts';
import type { RunId, ScopeId, TenantId } from '../domain/ids.ts';
import type { StageFailure } from '../domain/runs/failure.ts';
import type { Stop } from '../domain/runs/outcome.ts';
import type { ArtifactRef, Attempt, CellStatus, DeriveCell, Refusal, RunReason, TerminalRunStatus, Trigger } from '../domain/runs/types.ts';

/** The tenant is never an input: it is read from the scope row (CRED-05). */
export interface RunInput {
  readonly scope_id: ScopeId;
  readonly run_id: RunId;
}

export interface StageInput extends RunInput {
  readonly workflow_id: string;
  readonly attempt: Attempt;
}

export interface OpenRunInput extends RunInput {
  readonly workflow_id: string;
  readonly kind: 'scan' | 'ingest' | 'gate';
  readonly trigger: Trigger;
  readonly override_cooldown: boolean;
  /** Of a gate: the cells that it asks for; all that a gate may ask for when it is left out. */
  readonly cells?: readonly DeriveCell[];
  /** The schedule that Temporal says started this workflow; null when none did. */
  readonly scheduled_by: string | null;
}

export interface OpenGateRunInput extends Omit<OpenRunInput, 'scope_id' | 'kind' | 'override_cooldown'> {
  readonly tenant_id: TenantId;
}

export interface OpenedRunFacts {
  readonly tenant_id: TenantId;
  readonly scope_id: ScopeId;
  readonly run_id: RunId;
  readonly connector: string;
  /** ISO 8601; of the clock of the worker that opened the run. */
  readonly deadline_at: string;
  /** What is left of the budget: the workflow counts it by its own clock. Absent in what workers said before they said it. */
  readonly remaining_ms?: number;
  readonly derive_cells: readonly DeriveCell[];
}

export type OpenRunResult = ({ readonly claimed: true } & OpenedRunFacts) | { readonly claimed: false; readonly refusal: Refusal };

export interface AskForDerivationInput extends RunInput {
  /** False the first time. */
  readonly again: boolean;
}

export interface AskForDerivationResult {
  /** A pass has put its cells on this run, or the run is over. */
  readonly stamped: boolean;
  /** The tenant's coordinator has work in hand, of which Temporal would notice the end. False the first time. */
  readonly at_work: boolean;
}

export interface CloseRunInput extends RunInput {
  /** Null when the stages came to their end. */
  readonly stop: Stop | null;
}

export interface ClosedRun {
  readonly status: TerminalRunStatus;
  readonly reason: RunReason | null;
}

export interface PreflightResult {
  readonly provider: string;
  readonly key_names: readonly string[];
  readonly version: string;
}

export interface CollectResult {
  readonly artifact: ArtifactRef;
  /** No category was read: there is nothing to sync. */
  readonly all_failed: boolean;
  readonly categories: Readonly<Record<string, CellStatus>>;
}

export interface SyncInput extends StageInput {
  readonly artifact: ArtifactRef;
  /** For an ingest: the categories that the graph holds completely. A scan's categories say so in their cells. */
  readonly complete?: readonly string[];
}

export interface SyncResult {
  readonly sync_id: string;
  readonly entities_upserted: number;
}

/** A pass of a tenant's coordinator: which runs it stamps, and with which cells. */
export interface DerivePass {
  readonly tenant_id: TenantId;
  readonly pass: number;
  readonly runs: readonly { readonly run_id: RunId; readonly workflow_id: string; readonly cells: readonly DeriveCell[] }[];
  /** The union of the cells that the runs asked for. */
  readonly cells: readonly DeriveCell[];
  /** ISO 8601: the instant that ages are counted to; the same for every attempt of the pass. */
  readonly started_at: string;
}

export interface BeginPassInput {
  readonly tenant_id: TenantId;
  /** False when they were waited for long enough. */
  readonly wait_for_siblings: boolean;
}

export interface DeriveStageInput extends DerivePass {
  readonly attempt: Attempt;
}

export interface DeriveStageResult {
  readonly items: number;
  readonly status: CellStatus;
}

export interface FinishPassInput extends DerivePass {
  readonly failure: { readonly cell: DeriveCell; readonly failure: StageFailure } | null;
}

export interface FinishPassResult {
  readonly stamped: readonly {
    readonly run_id: RunId;
    readonly workflow_id: string;
    readonly cells: Readonly<Partial<Record<DeriveCell, CellStatus>>>;
  }[];
}

export interface GateSnapshotInput {
  readonly stages: readonly GateStage[];
  readonly tenants: readonly TenantId[] | null;
  readonly expect_builder_version: string | null;
}

export interface GateSnapshotResult {
  readonly snapshot: string;
  readonly tenants: number;
  readonly batches: number;
  readonly builder_version: string;
}

export interface GateBatchReadInput {
  readonly snapshot: string;
  readonly batch: number;
  readonly expect_builder_version: string | null;
}

export interface GateStaleInput extends GateBatchReadInput {
  readonly stages: readonly GateStage[];
}

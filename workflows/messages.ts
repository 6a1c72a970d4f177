/** Names, ids, inputs and messages of every workflow: what starters and workflows agree on. No Temporal runtime is imported. */
import type { GateStage } from '../domain/gate/stages.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../domain/ids.ts';
import type { ArtifactRef, CellStatus, DeriveCell, Trigger } from '../domain/runs/types.ts';

export type { ScanResult } from '../domain/runs/types.ts';

export const TASK_QUEUES = { pipeline: 'pipeline', connectors: 'connectors' } as const;

/**
 * Where sync and the stages of a pass wait for a computing thread when those of the worker that was asked first are taken. The workers of the pipeline
 * queue serve it, each with the slots that its threads can fill.
 */
export const computingQueue = (pipelineQueue: string): string => `${pipelineQueue}-computing`;

/** One process serves both queues by default; tests take their own names, so that files can run side by side. */
export interface TaskQueues {
  readonly pipeline: string;
  readonly connectors: string;
}

export interface ScanInput {
  readonly scope_id: ScopeId;
  readonly trigger: Trigger;
  /** A manual start or a retry passes a cooldown, audited (RUN-11). */
  readonly override_cooldown: boolean;
  /** Where the connectors' tasks go. */
  readonly queues: TaskQueues;
}

export interface IngestInput {
  /** Categories of which the graph is the full state: only these may lose what it does not hold (DATA-03). */
  readonly complete: readonly string[];
  readonly scope_id: ScopeId;
  readonly trigger: Trigger;
  readonly artifact: ArtifactRef;
  readonly queues: TaskQueues;
}

/** Which credential: the instance's row decides the tenant, the one named here is compared (CRED-05). */
export interface ConnectionTestInput {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  readonly queues: TaskQueues;
}

export interface DeriveInput {
  readonly tenant_id: TenantId;
  /** Carried over a continue-as-new: somebody joined who was not served yet. */
  readonly pending: boolean;
}

/** The deploy gate, or a rematerialization by hand: the root of the tree. */
export interface GateInput {
  /** A commit, or a unique word; the ids of the whole tree are made of it. */
  readonly gate_id: string;
  readonly stages: readonly GateStage[];
  /** Null is every active tenant; named ones must be active. */
  readonly tenants: readonly TenantId[] | null;
  /** GATE-06: the gate refuses while a worker that it meets is of another version; null does not ask. */
  readonly expect_builder_version: string | null;
  readonly started_by: string | null;
  /** Set by the root itself when it continues as new. */
  readonly carried?: GateCarried;
}

export interface GateCarried {
  readonly snapshot: string;
  readonly batches: number;
  readonly next_batch: number;
  readonly summary: GateSummary;
}

export interface GateBatchInput {
  readonly gate_id: string;
  readonly snapshot: string;
  readonly batch: number;
  readonly stages: readonly GateStage[];
  readonly expect_builder_version: string | null;
  readonly started_by: string | null;
}

export interface GateLeafInput {
  readonly gate_id: string;
  readonly tenant_id: TenantId;
  readonly stages: readonly GateStage[];
  readonly started_by: string | null;
}

/** A tenant whose rematerialization did not succeed; null is a whole batch that could not be begun. */
export interface GateFailure {
  readonly tenant_id: TenantId | null;
  readonly run_id: RunId | null;
  readonly reason: string;
}

export interface GateCounts {
  readonly succeeded: number;
  /** No longer active when their turn came. */
  readonly skipped: number;
  readonly failed: number;
}

export interface GateBatchResult extends GateCounts {
  /** Bounded. */
  readonly failures: readonly GateFailure[];
  readonly stale_before: number;
  readonly stale_after: number;
}

/** What CI gets in the end. */
export interface GateSummary extends GateBatchResult {
  readonly gate_id: string;
  readonly stages: readonly GateStage[];
  readonly builder_version: string;
  readonly tenants: number;
}

export interface GateProgress extends GateCounts {
  readonly tenants: number;
  readonly done: number;
  readonly batches_in_flight: number;
}

/** Sent by a batch to its root every few tenants; best effort. */
export interface GateBatchSignal extends GateCounts {
  readonly batch: number;
}

/** How far a scan is: what the `progress` query answers and the Temporal Web UI shows. */
export interface RunProgress {
  readonly stage: string;
  readonly stage_number: number;
  readonly stages: number;
  readonly attempt: number;
  readonly detail: string;
}

/** Sent by the coordinator when a pass has stamped a run's cells; best effort, the scan also asks MongoDB. */
export interface DerivedSignal {
  readonly pass: number;
  readonly cells: Readonly<Partial<Record<DeriveCell, CellStatus>>>;
}

export const SIGNALS = { join: 'join', derived: 'derived', gateBatch: 'gateBatch' } as const;
export const QUERIES = { progress: 'progress' } as const;

export const WORKFLOWS = {
  scan: 'scan',
  ingest: 'ingest',
  derive: 'derive',
  reap: 'reap',
  rematerialize: 'rematerialize',
  rematerializeBatch: 'rematerializeBatch',
  rematerializeTenant: 'rematerializeTenant',
  connectionTest: 'connectionTest',
} as const;

export const SEARCH_ATTRIBUTES = {
  tenant: 'Sv0Tenant',
  scope: 'Sv0Scope',
  run: 'Sv0Run',
  connector: 'Sv0Connector',
  outcome: 'Sv0Outcome',
} as const;

/** `scan/<scope>/<unique>`: a workflow id is not the claim (schedules append a timestamp), the scope row is. */
export const scanWorkflowId = (scope: ScopeId, unique: string): string => `scan/${scope}/${unique}`;
export const ingestWorkflowId = (scope: ScopeId, unique: string): string => `ingest/${scope}/${unique}`;
/** One per instance: a second caller joins the test that is going on. */
export const connectionTestWorkflowId = (instance: InstanceId): string => `connection-test/${instance}`;
/** One per tenant: its id is what keeps passes from overlapping. */
export const deriveWorkflowId = (tenant: TenantId): string => `derive/${tenant}`;

/** One per scan scope, and the only schedule whose runs may claim that scope as `scheduled` (CRED-05). */
export const scanScheduleId = (scope: ScopeId): string => `${SCAN_SCHEDULE_PREFIX}${scope}`;
export const SCAN_SCHEDULE_PREFIX = 'scan:';
/** One per deployment; a deployment is its pipeline queue. */
export const reaperScheduleId = (pipelineQueue: string): string =>
  pipelineQueue === TASK_QUEUES.pipeline ? 'sv0-reaper' : `sv0-reaper:${pipelineQueue}`;
/** No tenant id holds a slash, so a batch is never taken for a tenant. */
export const gateWorkflowId = (gate: string): string => `gate/${gate}`;
export const gateBatchWorkflowId = (gate: string, batch: number): string => `gate/${gate}/batch/${batch}`;
export const gateLeafWorkflowId = (gate: string, tenant: TenantId): string => `gate/${gate}/${tenant}`;

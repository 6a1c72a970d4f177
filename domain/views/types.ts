/**
 * What a page or an API answer is made of, in the terms of the domain: stored records with the names that a person knows
 * them by. `storage/views` reads them, `api` hands them out, `ui` draws them. Types only, and here because all three may import them.
 */
import type { ExecutionChain } from '../chains/types.ts';
import type { DsseEnvelope, EvidenceManifest } from '../evidence/types.ts';
import type { FindingContent, FindingStatus, Suppression } from '../findings/types.ts';
import type { FederationBinding } from '../federation/types.ts';
import type { Edge, Entity } from '../graph/types.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../ids.ts';
import type { Severity } from '../rules/types.ts';
import type { RunReason, RunStatus, ScanRun } from '../runs/types.ts';
import type { StitchedPath } from '../stitching/types.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../tenancy/types.ts';

/** One page of a list; `next` is where the following one begins, null at the end. */
export interface Page<T, P> {
  readonly items: readonly T[];
  readonly next: P | null;
}

/** Newest first, by time and then id. `at` is ISO 8601 in UTC. */
export interface TimePosition {
  readonly at: string;
  readonly id: string;
}

/** In id order. */
export interface IdPosition {
  readonly id: string;
}

/** Of the audit log: newest first. */
export interface SeqPosition {
  readonly seq: number;
}

/** One record of a tenant's audit log (CRED-08): names, ids and versions, never a value. */
export interface AuditRecord {
  readonly tenant_id: TenantId;
  /** 1, 2, 3 … per tenant, without a gap. */
  readonly seq: number;
  readonly at: Date;
  readonly action: string;
  readonly outcome: 'attempted' | 'granted' | 'refused' | 'done';
  readonly actor: string;
  readonly subject: Readonly<Record<string, string | number | readonly string[] | null>>;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}

export interface RunFilter {
  readonly status?: RunStatus;
  readonly connector?: string;
  readonly scope_id?: ScopeId;
}

export interface PageRequest<P> {
  /** 1 to 200. */
  readonly limit: number;
  readonly after?: P;
}

/** Most severe first, then newest, then id. */
export interface FindingPosition extends TimePosition {
  readonly severity: Severity;
}

/** One earlier run of a scope: what a sparkline and "the usual duration" are made of. */
export interface HistoryPoint {
  readonly run_id: RunId;
  readonly status: RunStatus;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  /** `items_scanned` of every cell that the run has. */
  readonly items: Readonly<Record<string, number>>;
}

/** A run with the names of what it belongs to; a name is null when its row is gone. */
export interface RunRow {
  readonly run: ScanRun;
  readonly tenant_name: string | null;
  readonly scope_name: string | null;
  readonly instance_name: string | null;
  /** The scope's last runs, oldest first, at most 20. */
  readonly history: readonly HistoryPoint[];
}

export interface SyncSummary {
  readonly id: string;
  readonly graph_digest: string;
  readonly entities: SyncCountsView;
  readonly edges: SyncCountsView;
  readonly dangling_edges: number;
  readonly scrubbed_strings: number;
  readonly changes: readonly SyncChange[];
  readonly changes_truncated: boolean;
  readonly started_at: Date;
  readonly completed_at: Date;
}

export interface SyncCountsView {
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
}

export interface SyncChange {
  readonly change: 'created' | 'updated' | 'removed';
  readonly kind: 'entity' | 'edge';
  readonly id: string;
  readonly name: string;
}

export type PassChange = 'created' | 'updated' | 'resolved' | 'reopened';

/** What the run's derivation pass did to findings. */
export interface PassFinding {
  readonly id: string;
  readonly rule_id: string;
  readonly title: string;
  readonly severity: FindingContent['severity'];
  readonly subject_name: string;
  readonly change: PassChange;
}

export interface RunDetail extends RunRow {
  readonly scope: ScanScope | null;
  readonly sync: SyncSummary | null;
  /** Of each kind of change the first 50. */
  readonly pass_findings: readonly PassFinding[];
  /** Changes of which the pass made more than are listed. */
  readonly pass_findings_more: readonly PassChange[];
  /** True when a later pass has run: findings that it changed again are listed with it, not here. */
  readonly superseded_pass: boolean;
  /** Runs that are retries of this one, oldest first, at most 20. */
  readonly retries: readonly RunId[];
}

/** One try of a stage, as Temporal saw it. */
export interface StageAttempt {
  /** From when on a worker could take it. */
  readonly asked_at: Date;
  /** Null while none has, or while it is at work: Temporal tells the start with the end. */
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  /** `lost`: its worker went away, or was stopped. */
  readonly outcome: 'open' | 'succeeded' | 'failed' | 'lost' | 'cancelled';
  /** Why it did not succeed: a fixed message; null where Temporal keeps it sealed. */
  readonly why: string | null;
}

export const ATTEMPTED_STAGES = ['preflight', 'connector', 'sync', 'chain', 'stitch', 'eval', 'evidence'] as const;

/** The tries of each stage of a run, in the order of time; a stage that was not tried is not there. */
export type RunAttempts = Readonly<Partial<Record<(typeof ATTEMPTED_STAGES)[number], readonly StageAttempt[]>>>;

export interface Home {
  /** The newest unresolved failure of each scope: no later run of that scope succeeded. Newest first. */
  readonly problems: readonly RunRow[];
  readonly problems_truncated: boolean;
  readonly active_scopes: number;
  /** Active scopes that no run has claimed yet: unknown, not healthy. */
  readonly never_run: readonly ScanScope[];
  readonly never_run_count: number;
  readonly last_ended_at: Date | null;
  /** Runs of the last 24 hours, newest first. */
  readonly recent: readonly { readonly run_id: RunId; readonly status: RunStatus; readonly started_at: Date }[];
  readonly recent_truncated: boolean;
}

export type FindingView = FindingContent & {
  readonly tenant_id: TenantId;
  readonly status: FindingStatus;
  readonly opened_at: Date;
  readonly resolved_at: Date | null;
  readonly reopened_at: Date | null;
  readonly last_seen_at: Date;
  readonly suppression: Suppression | null;
};

/** Where a row came from and when it was read. */
export interface Sighting {
  readonly scope_id: ScopeId;
  readonly instance_id: InstanceId;
  readonly category: string;
  readonly sync_id: string;
  readonly run_id: RunId;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
}

export interface EntityView extends Entity {
  readonly sightings: readonly Sighting[];
}

/** An edge of an entity, with what is at its other end. */
export interface Neighbour {
  readonly edge: Edge;
  readonly entity: EntityView;
}

export interface DerivedView {
  readonly tenant_id: TenantId;
  readonly builder_version: string;
  readonly graph_revision: string;
  readonly pass: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly retired_at: Date | null;
}

export type ChainView = ExecutionChain & DerivedView;
export type PathView = StitchedPath & DerivedView;

export interface PackView {
  readonly tenant_id: TenantId;
  readonly digest: string;
  readonly finding_id: string;
  readonly rule_id: string;
  readonly manifest: EvidenceManifest;
  readonly envelope: DsseEnvelope;
  readonly built_at: Date;
  readonly superseded_at: Date | null;
}

/** The graph around a finding or a path: enough to draw it and to name every row of it. */
export interface Proof {
  readonly entities: readonly EntityView[];
  readonly edges: readonly Edge[];
  readonly chains: readonly ChainView[];
  readonly paths: readonly PathView[];
  /** True when more rows prove it than are listed. */
  readonly truncated: boolean;
}

export interface FindingDetail {
  readonly finding: FindingView;
  readonly tenant_name: string | null;
  readonly proof: Proof;
  readonly pack: PackView | null;
}

export interface PathDetail {
  readonly path: PathView;
  readonly tenant_name: string | null;
  readonly proof: Proof;
}

export interface ChainDetail {
  readonly chain: ChainView;
  readonly tenant_name: string | null;
  readonly proof: Proof;
}

export interface LastRun {
  readonly run_id: RunId;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

/** A scan scope with the names around it; a name is null when its row is gone. */
export interface ScopeRow {
  /** `version` is what an edit of it is based on. */
  readonly scope: ScanScope & { readonly version: number };
  readonly tenant_name: string | null;
  readonly tenant_status: Tenant['status'] | null;
  readonly instance_name: string | null;
  readonly connector: string | null;
  readonly last_run: LastRun | null;
}

/** What came of the last request for an instance's credential (CRED-08): names and a version, never a value. */
export interface LastResolve {
  readonly at: Date;
  readonly granted: boolean;
  readonly provider: string | null;
  readonly purpose: string | null;
  readonly version: string | null;
  /** Why it was refused. */
  readonly code: string | null;
  readonly key_names: readonly string[];
}

export interface InstanceRow {
  readonly instance: ConnectorInstance & { readonly version: number };
  readonly tenant_name: string | null;
  readonly tenant_status: Tenant['status'] | null;
  readonly last_resolve: LastResolve | null;
  readonly binding: BindingView | null;
}

/** What may be shown of a federation binding. */
export type BindingView = Pick<FederationBinding, 'provider' | 'state' | 'target' | 'probes' | 'changed_at'>;

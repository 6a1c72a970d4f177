/** What the API and the pages need from the rest. Only `cli/` builds real ones. */
import type { IntakeForm, IntakeLink } from '../domain/credentials/intake.ts';
import type { ConnectionTest } from '../domain/connectors/connection-test.ts';
import type { EvidenceBlob } from '../domain/evidence/types.ts';
import type { FindingStatus } from '../domain/findings/types.ts';
import type { EntityType } from '../domain/graph/types.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../domain/ids.ts';
import type { RuleMetadata, Severity } from '../domain/rules/types.ts';
import type { Refusal, RunStatus, ScanRun, TerminalRunStatus } from '../domain/runs/types.ts';
import type { StitchedPath } from '../domain/stitching/types.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../domain/tenancy/types.ts';
import type { GateProgress, GateSummary } from '../workflows/messages.ts';
import type { AuditAnchor, AuditVerdict } from '../storage/ports/audit.ts';
import type { Versioned } from '../storage/ports/instances.ts';
import type {
  AuditRecord,
  ChainDetail,
  ChainView,
  EntityView,
  FindingDetail,
  FindingPosition,
  FindingView,
  Home,
  IdPosition,
  Neighbour,
  InstanceRow,
  PackView,
  Page,
  PageRequest,
  PathDetail,
  PathView,
  RunAttempts,
  RunDetail,
  RunFilter,
  RunRow,
  ScopeRow,
  SeqPosition,
  TimePosition,
} from '../domain/views/types.ts';

export interface Started {
  readonly run_id: RunId;
  readonly workflow_id: string;
}

/** Where a request came from: the run's `trigger.source` (RUN-08). */
export type RequestSource = 'api' | 'ui' | 'cli';

export interface StartScan {
  readonly scope_id: ScopeId;
  /** What the caller believes: only compared with the scope's row, a mismatch is "not found" (CRED-05). */
  readonly tenant_hint: TenantId | null;
  readonly trigger_type: 'manual_api' | 'iac_lifecycle';
  readonly source: RequestSource;
  readonly user_id: string;
  readonly override_cooldown: boolean;
  /** The same key with the same request starts once: a workflow id with REJECT_DUPLICATE. A key reused for another request is a ConflictError. */
  readonly idempotency_key: string | null;
}

export interface RetryRun {
  readonly run_id: RunId;
  readonly tenant_hint: TenantId | null;
  readonly source: RequestSource;
  readonly user_id: string;
  readonly idempotency_key: string | null;
}

export interface CancelRun {
  readonly run_id: RunId;
  readonly tenant_hint: TenantId | null;
  readonly source: RequestSource;
  readonly user_id: string;
}

export interface RunControl {
  /** @throws NotFoundError, ConflictError (in flight, with the holder; cooldown), TransientError */
  start(request: StartScan): Promise<Started>;
  /** A new `manual_api` run with `retry_of`. @throws NotFoundError, ConflictError, TransientError */
  retry(request: RetryRun): Promise<Started>;
  /** Asks the run's workflow to stop; the run ends `failed` with the reason `cancelled`. @throws NotFoundError, ConflictError when it is over */
  cancel(request: CancelRun): Promise<void>;
  /** Waits for the end of what `start`, `retry` or an ingest answered with, or of a run on record, at most so long. @throws NotFoundError unless it is this tenant's */
  outcome(tenant: TenantId, started: Started, waitMs: number): Promise<RunOutcome>;
}

/** A start that is refused when its turn comes leaves no run. */
export type RunOutcome =
  | { readonly status: 'running' }
  | ({ readonly status: 'refused' } & Refusal)
  /** Null: its workflow was ended from outside; the reaper closes the run. */
  | { readonly status: 'over'; readonly run_status: TerminalRunStatus | null };

export interface StartGate {
  /** Names of the gate's stages (`chains`, `stitched_paths`), at least one. */
  readonly stages: readonly string[];
  /** Null is every active tenant; named ones (at most 1,000) must be active. */
  readonly tenants: readonly TenantId[] | null;
  /** GATE-06: refused while a worker runs another version; null does not ask. */
  readonly expect_builder_version: string | null;
  readonly user_id: string;
  /** The same key with the same request starts once. A key reused for another request is a ConflictError. */
  readonly idempotency_key: string | null;
}

export interface GateStarted {
  readonly gate_id: string;
  readonly workflow_id: string;
}

export interface GateState extends GateStarted {
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  /** Null when no worker answers in time, or the gate ended without a summary. */
  readonly progress: GateProgress | null;
  /** When it completed; it names the tenants that failed. */
  readonly summary: GateSummary | null;
  /** Why a failed gate ended as a whole: a refusal, in words. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** The deploy gate (GATE-01): what the `deploy_gate` role may do, and nothing else (GATE-07). */
export interface GateControl {
  /** @throws InvalidInputError at `stages` or `tenants[id]`, ConflictError `BUILDER_VERSION_MISMATCH` or `IDEMPOTENCY_KEY_REUSED`; nothing was started */
  start(request: StartGate): Promise<GateStarted>;
  /** @throws NotFoundError */
  get(gateId: string): Promise<GateState>;
}

export type GraphContentType = 'application/json' | 'application/x-ndjson';

export interface IngestRequest {
  /** Names the instance; its row decides the tenant (RUN-13). */
  readonly instance_id: InstanceId;
  /** Only compared; a mismatch is "not found". */
  readonly tenant_hint: TenantId | null;
  readonly body: AsyncIterable<Uint8Array>;
  readonly contentType: GraphContentType;
  /** Categories of which the graph is the full state; nothing of another is ever removed. */
  readonly complete: readonly string[];
  readonly userId: string;
  readonly idempotencyKey: string | null;
}

export interface IngestService {
  /** Validates the body as a stream, keeps it as an artifact and starts the ingest workflow. @throws InvalidInputError with the first wrong field; nothing was written then */
  accept(request: IngestRequest): Promise<Started>;
}

/** `never`: none within Temporal's retention. A result is there only when it is `done`. */
export interface LatestConnectionTest {
  readonly status: 'never' | 'running' | 'done' | 'failed';
  readonly result: ConnectionTest | null;
}

export interface ConnectionTests {
  /** Waits for the verdicts, a minute at most; one test of an instance at a time. @throws NotFoundError, TransientError `CONNECTION_TEST_FAILED` */
  test(request: {
    readonly instance_id: InstanceId;
    /** Only compared; a mismatch is "not found". */
    readonly tenant_hint: TenantId | null;
    readonly user_id: string;
  }): Promise<ConnectionTest>;
  /** What the last test said, without starting one. @throws NotFoundError */
  latest(tenant: TenantId, instance: InstanceId): Promise<LatestConnectionTest>;
}

export interface DependencyHealth {
  readonly name: string;
  readonly ok: boolean;
}

export interface Health {
  check(): Promise<readonly DependencyHealth[]>;
}

/** Insert-only, hash-chained (security.md, audit). Resolves only when the record is stored: what cannot be recorded is not done. */
export interface AuditTrail {
  record(
    tenant: TenantId,
    entry: {
      readonly action: 'evidence_pack_exported' | 'findings_exported' | 'audit_exported';
      readonly actor: string;
      readonly subject: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
}

/** Of the newest runs, and of the broker's newest audit records (CRED-08), of the last day, bounded; durations in seconds. For `/metrics`. */
export interface Measures {
  recentRuns(): Promise<{
    readonly by_status: Partial<Readonly<Record<RunStatus, number>>>;
    readonly stages: readonly { readonly stage: string; readonly p50: number; readonly p95: number }[];
  }>;
  /** Ordered by provider, outcome and code. */
  recentResolves(): Promise<
    readonly {
      readonly provider: string;
      readonly outcome: 'attempted' | 'granted' | 'refused';
      /** Of a refusal; else empty. */
      readonly code: string;
      readonly count: number;
    }[]
  >;
}

/** How often each stage was tried, and when: from Temporal's history, which is kept for its retention only. */
export interface AttemptHistory {
  /** Null when Temporal no longer has it, or does not answer in time. */
  of(run: Pick<ScanRun, '_id' | 'workflow_id'>): Promise<RunAttempts | null>;
}

/** The stored end of a run's log, redacted, oldest line first; null when none was kept. Super-admin only. */
export interface RunLogs {
  tail(tenant: TenantId, run: RunId): Promise<readonly string[] | null>;
}

export interface Rules {
  get(ruleId: string): RuleMetadata | undefined;
}

/** Reads of one tenant (API-05): the tenant is the first argument of each and never optional. A row of another tenant is null. */
export interface TenantViews {
  runs(tenant: TenantId, filter: RunFilter, page: PageRequest<TimePosition>): Promise<Page<ScanRun, TimePosition>>;
  run(tenant: TenantId, id: RunId): Promise<ScanRun | null>;
  instances(
    tenant: TenantId,
    filter: { readonly connector?: string },
    page: PageRequest<IdPosition>,
  ): Promise<Page<Versioned<ConnectorInstance>, IdPosition>>;
  instance(tenant: TenantId, id: InstanceId): Promise<Versioned<ConnectorInstance> | null>;
  scopes(
    tenant: TenantId,
    filter: { readonly instance_id?: InstanceId },
    page: PageRequest<IdPosition>,
  ): Promise<Page<Versioned<ScanScope>, IdPosition>>;
  scope(tenant: TenantId, id: ScopeId): Promise<Versioned<ScanScope> | null>;
  findings(
    tenant: TenantId,
    filter: { readonly status?: FindingStatus; readonly severity?: Severity; readonly rule_id?: string },
    page: PageRequest<FindingPosition>,
  ): Promise<Page<FindingView, FindingPosition>>;
  finding(tenant: TenantId, id: string): Promise<FindingView | null>;
  findingDetail(tenant: TenantId, id: string): Promise<FindingDetail | null>;
  chains(
    tenant: TenantId,
    filter: { readonly source_system?: string },
    page: PageRequest<IdPosition>,
  ): Promise<Page<ChainView, IdPosition>>;
  chain(tenant: TenantId, id: string): Promise<ChainView | null>;
  chainDetail(tenant: TenantId, id: string): Promise<ChainDetail | null>;
  paths(
    tenant: TenantId,
    filter: { readonly completeness?: StitchedPath['completeness'] },
    page: PageRequest<IdPosition>,
  ): Promise<Page<PathView, IdPosition>>;
  path(tenant: TenantId, id: string): Promise<PathView | null>;
  pathDetail(tenant: TenantId, id: string): Promise<PathDetail | null>;
  packs(tenant: TenantId, filter: { readonly finding_id?: string }, page: PageRequest<IdPosition>): Promise<Page<PackView, IdPosition>>;
  pack(tenant: TenantId, digest: string): Promise<PackView | null>;
  /** The blobs of a pack, in digest order. @throws NotFoundError when one is missing */
  packBlobs(tenant: TenantId, pack: PackView): Promise<readonly EvidenceBlob[]>;
  entities(
    tenant: TenantId,
    filter: { readonly type?: EntityType; readonly source_system?: string },
    page: PageRequest<IdPosition>,
  ): Promise<Page<EntityView, IdPosition>>;
  entity(tenant: TenantId, id: string): Promise<EntityView | null>;
  /** In edge id order; null when there is no such entity. */
  neighbours(
    tenant: TenantId,
    id: string,
    direction: 'out' | 'in',
    page: PageRequest<IdPosition>,
  ): Promise<Page<Neighbour, IdPosition> | null>;
  /** Newest first (CRED-08). */
  auditRecords(
    tenant: TenantId,
    filter: { readonly action?: string },
    page: PageRequest<SeqPosition>,
  ): Promise<Page<AuditRecord, SeqPosition>>;
  /** Walks over the whole chain; with an anchor, that record must still be in it. */
  auditVerdict(tenant: TenantId, anchor?: AuditAnchor): Promise<AuditVerdict>;
}

/** Rows whose id is unique over all tenants. A finding's is not by itself: null where two tenants have it. */
export const OWNED_KINDS = ['run', 'scope', 'instance', 'finding'] as const;
export type OwnedKind = (typeof OWNED_KINDS)[number];

/** Reads across tenants: the operator's own pages, super-admin only (UI-05). Under `/api/v1` only the routes of tenants use them. */
export interface OperatorViews {
  home(now: Date): Promise<Home>;
  runs(filter: RunFilter & { readonly tenant_id?: TenantId }, page: PageRequest<TimePosition>): Promise<Page<RunRow, TimePosition>>;
  runDetail(id: RunId): Promise<RunDetail | null>;
  /** The records alone, without what their pages show beside: for what looks every few seconds. */
  run(id: RunId): Promise<ScanRun | null>;
  newestRuns(limit: number): Promise<readonly ScanRun[]>;
  tenants(filter: { readonly status?: Tenant['status'] }, page: PageRequest<IdPosition>): Promise<Page<Versioned<Tenant>, IdPosition>>;
  tenant(id: TenantId): Promise<Versioned<Tenant> | null>;
  /** Scan scopes, in id order. */
  scopes(
    filter: { readonly tenant_id?: TenantId; readonly instance_id?: InstanceId },
    page: PageRequest<IdPosition>,
  ): Promise<Page<ScopeRow, IdPosition>>;
  scope(id: ScopeId): Promise<ScopeRow | null>;
  instances(
    filter: { readonly tenant_id?: TenantId; readonly connector?: string },
    page: PageRequest<IdPosition>,
  ): Promise<Page<InstanceRow, IdPosition>>;
  instance(id: InstanceId): Promise<InstanceRow | null>;
  ownerOf(kind: OwnedKind, id: string): Promise<TenantId | null>;
  /** Open findings of these tenants that matter most, counted up to `limit` each. */
  urgentFindings(
    tenants: readonly TenantId[],
    limit: number,
  ): Promise<readonly { readonly tenant_id: TenantId; readonly critical: number; readonly high: number }[]>;
}

export interface Views {
  readonly tenant: TenantViews;
  readonly operator: OperatorViews;
}

/** What an operator does about intake links (CRED-21). */
export interface IntakeLinks {
  /** Token and code are in the answer, and nowhere else. @throws InvalidInputError `INVALID_INTAKE`; NotFoundError; ConflictError `TENANT_NOT_ACTIVE` */
  create(
    tenant: TenantId,
    instance: InstanceId,
    wanted: { readonly kind: string; readonly hours: number },
    by: string,
  ): Promise<{ readonly id: string; readonly token: string; readonly code: string; readonly expires_at: Date }>;
  /** Newest first. */
  list(tenant: TenantId): Promise<readonly IntakeLink[]>;
  /** @throws NotFoundError unless it was open */
  revoke(tenant: TenantId, id: string, by: string): Promise<void>;
}

/** What a customer's administrator does with an intake link (CRED-21). The token belongs into the address's fragment, so that no log has it. */
export interface IntakeService {
  /** @throws NotFoundError alike for unknown, used, revoked and expired links */
  describe(token: string): Promise<IntakeForm>;
  /** Into the sealed store, once. @throws NotFoundError as `describe`, and for a wrong code; InvalidInputError by field, with which the link stays open */
  submit(token: string, code: string, fields: Readonly<Record<string, string>>): Promise<void>;
}

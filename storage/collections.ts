/** Every collection of the database with the type of its documents. Only `storage/` speaks BSON; the names are MongoDB's view of the field's terms. */
import type { Collection, Db } from 'mongodb';
import type { ExecutionChain } from '../domain/chains/types.ts';
import type { DsseEnvelope, EvidenceManifest } from '../domain/evidence/types.ts';
import type { IntakeLink } from '../domain/credentials/intake.ts';
import type { FederationBinding } from '../domain/federation/types.ts';
import type { Coverage, GraphEntity, JoinKey, Props, Provenance } from '../domain/graph/types.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../domain/ids.ts';
import type { ScanRun } from '../domain/runs/types.ts';
import type { StitchedPath, UnresolvedJoin } from '../domain/stitching/types.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../domain/tenancy/types.ts';
import type { AuditRecord } from '../domain/views/types.ts';
import type { ConnectorLog } from './ports/connector-logs.ts';
import type { CredentialState, SealedCredential } from './ports/credentials.ts';
import type { FindingRecord } from './ports/findings.ts';
import type { Versioned } from './ports/instances.ts';

/**
 * An entity as one (scope, category) reports it; the tenant's graph merges the live rows of one `entity_id` in scope-id order.
 * One row per reporter keeps the fence on a single document (architecture decision 13).
 * `_id` is `<entity_id>:<scope_id>:<category>`. A removal is a tombstone (`removed: true`), so that a late upsert of an older generation stays fenced.
 */
export interface EntityDoc extends Provenance, Omit<GraphEntity, 'props' | 'join_keys'> {
  readonly _id: string;
  readonly entity_id: string;
  readonly content_hash: string;
  readonly removed: boolean;
  readonly props: Props;
  readonly join_keys: readonly JoinKey[];
}

/** `_id` is `<edge_id>:<scope_id>:<category>`. `from` and `to` are entity ids. */
export interface EdgeDoc extends Provenance {
  readonly _id: string;
  readonly edge_id: string;
  readonly source_system: string;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly qualifier: string | null;
  readonly props: Props;
  readonly content_hash: string;
  readonly removed: boolean;
}

/** `_id` is `<scope_id>:<category>`; fenced by `gen`. */
export interface CoverageDoc extends Coverage {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly gen: number;
  readonly run_id: RunId;
  readonly read_at: Date;
  /** When it was read completely, newest first: the last two, which drift is measured between (DATA-10). */
  readonly complete_at?: readonly Date[];
}

export interface SyncCounts {
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
}

/** What one run's sync did to the graph (RUN-09, DATA-10). `changes` is bounded; `changes_truncated` says so. */
export interface ConnectorSyncDoc {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly run_id: RunId;
  readonly scope_id: ScopeId;
  readonly instance_id: InstanceId;
  readonly generation: number;
  readonly graph_digest: string;
  readonly entities: SyncCounts;
  readonly edges: SyncCounts;
  readonly dangling_edges: number;
  readonly scrubbed_strings: number;
  readonly changes: readonly {
    readonly change: 'created' | 'updated' | 'removed';
    readonly kind: 'entity' | 'edge';
    readonly id: string;
    readonly name: string;
  }[];
  readonly changes_truncated: boolean;
  readonly started_at: Date;
  readonly completed_at: Date;
}

/** Beside every derived record: which pass made it and which pass last changed it. `pass` is its fence. */
export interface DerivedStamp {
  readonly tenant_id: TenantId;
  readonly content_hash: string;
  readonly pass: number;
  readonly changed_pass: number;
  /** What the pass `changed_pass` did to it. */
  readonly change: 'created' | 'updated' | 'retired';
  readonly builder_version: string;
  readonly graph_revision: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly retired_at: Date | null;
}

/** `_id` of a derived record is `<tenant_id>:<content id>`. */
export type ExecutionChainDoc = ExecutionChain & DerivedStamp & { readonly _id: string };
export type StitchedPathDoc = StitchedPath & DerivedStamp & { readonly _id: string };
export type UnresolvedJoinDoc = UnresolvedJoin & DerivedStamp & { readonly _id: string };

/** `_id` is `<tenant_id>:<finding id>`. */
export type FindingDoc = FindingRecord & { readonly _id: string; readonly tenant_id: TenantId };

/** `_id` is `<tenant_id>:<pack digest>`. */
export interface EvidencePackDoc {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly digest: string;
  readonly finding_id: string;
  readonly rule_id: string;
  readonly manifest: EvidenceManifest;
  readonly envelope: DsseEnvelope;
  readonly pass: number;
  readonly changed_pass: number;
  readonly built_at: Date;
  readonly superseded_at: Date | null;
}

/** `_id` is `<tenant_id>:<digest>`: blobs are shared between a tenant's packs, never between tenants. */
export interface EvidenceBlobDoc {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly digest: string;
  readonly bytes: string;
}

/** Rows of the time before tenants had versions have none: they count as version 0. */
export type TenantDoc = Tenant & { readonly version?: number };

/**
 * `_id` is the slug, so that its uniqueness rests on no secondary index. Rows are never deleted: a slug is never reused,
 * because credential names in vaults and environments are made of it.
 */
export interface TenantSlugDoc {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly reserved_at: Date;
}

/** `_id` is the tenant id. `pass` counts derivation passes; `audit_seq` the audit records. */
export interface TenantStateDoc {
  readonly _id: TenantId;
  readonly pass: number;
  readonly audit_seq: number;
}

/** Insert-only and hash-chained per tenant (CRED-08). `_id` is `<tenant_id>:<seq>`. */
export type AuditDoc = AuditRecord & { readonly _id: string };

/** `_id` is `<tenant_id>/<instance_id>/<version>`. */
export type StoredCredentialDoc = SealedCredential & { readonly _id: string };
/** `_id` is `<tenant_id>/<instance_id>`. */
export type CredentialStateDoc = CredentialState & { readonly _id: string };
/** `_id` is `<tenant_id>/<instance_id>`. */
export type FederationBindingDoc = FederationBinding & { readonly _id: string };

/**
 * `_id` is the identifier (a role, a directory, an organisation), so that its being one tenant's alone rests on no secondary index.
 * Once `proven` by an activation a row is never deleted.
 */
export interface FederationIdentifierDoc {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly proven: boolean;
  readonly reserved_at: Date;
}

/** `_id` is `<snapshot>:<number>`: one batch of the tenants that a deploy gate goes over. */
export interface GateBatchDoc {
  readonly _id: string;
  readonly snapshot: string;
  readonly tenant_ids: readonly TenantId[];
  readonly created_at: Date;
}

/** `_id` is `<tenant_id>:<run_id>`. */
export interface ConnectorLogDoc extends ConnectorLog {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly run_id: RunId;
}

/** `_id` is the digest of the link's token, so that its uniqueness rests on no secondary index. */
export type IntakeLinkDoc = Omit<IntakeLink, 'id'> & { readonly _id: string };

/** A browser's session that was signed out of before its time; of no tenant. */
export interface EndedSessionDoc {
  /** SHA-256 of the session's id. */
  readonly _id: string;
  /** From then on the cookie is refused for its age, and the row is swept. */
  readonly expires_at: Date;
}

export interface Collections {
  readonly tenants: Collection<TenantDoc>;
  readonly tenantSlugs: Collection<TenantSlugDoc>;
  readonly connectorInstances: Collection<Versioned<ConnectorInstance>>;
  readonly scanScopes: Collection<Versioned<ScanScope>>;
  readonly scanRuns: Collection<ScanRun>;
  readonly connectorSyncs: Collection<ConnectorSyncDoc>;
  readonly entities: Collection<EntityDoc>;
  readonly edges: Collection<EdgeDoc>;
  readonly coverage: Collection<CoverageDoc>;
  readonly executionChains: Collection<ExecutionChainDoc>;
  readonly stitchedPaths: Collection<StitchedPathDoc>;
  readonly unresolvedJoins: Collection<UnresolvedJoinDoc>;
  readonly findings: Collection<FindingDoc>;
  readonly evidencePacks: Collection<EvidencePackDoc>;
  readonly evidenceBlobs: Collection<EvidenceBlobDoc>;
  readonly tenantState: Collection<TenantStateDoc>;
  readonly audit: Collection<AuditDoc>;
  readonly storedCredentials: Collection<StoredCredentialDoc>;
  readonly credentialStates: Collection<CredentialStateDoc>;
  readonly intakeLinks: Collection<IntakeLinkDoc>;
  readonly federationBindings: Collection<FederationBindingDoc>;
  readonly federationIdentifiers: Collection<FederationIdentifierDoc>;
  readonly gateBatches: Collection<GateBatchDoc>;
  readonly connectorLogs: Collection<ConnectorLogDoc>;
  readonly endedSessions: Collection<EndedSessionDoc>;
}

export function collectionsOf(db: Db): Collections {
  return {
    tenants: db.collection('tenants'),
    tenantSlugs: db.collection('tenant_slugs'),
    connectorInstances: db.collection('connector_instances'),
    scanScopes: db.collection('scan_scopes'),
    scanRuns: db.collection('scan_runs'),
    connectorSyncs: db.collection('connector_syncs'),
    entities: db.collection('entities'),
    edges: db.collection('edges'),
    coverage: db.collection('coverage'),
    executionChains: db.collection('execution_chains'),
    stitchedPaths: db.collection('stitched_paths'),
    unresolvedJoins: db.collection('unresolved_joins'),
    findings: db.collection('findings'),
    evidencePacks: db.collection('evidence_packs'),
    evidenceBlobs: db.collection('evidence_blobs'),
    tenantState: db.collection('tenant_state'),
    audit: db.collection('audit'),
    storedCredentials: db.collection('stored_credentials'),
    credentialStates: db.collection('credential_states'),
    intakeLinks: db.collection('intake_links'),
    federationBindings: db.collection('federation_bindings'),
    federationIdentifiers: db.collection('federation_identifiers'),
    gateBatches: db.collection('gate_batches'),
    connectorLogs: db.collection('connector_logs'),
    endedSessions: db.collection('ended_sessions'),
  };
}

/** The normalized graph (DATA-01): what a connector writes, what the ingest route takes, and what is stored of it. */
import type { InstanceId, RunId, ScopeId, TenantId } from '../ids.ts';

export const ENTITY_TYPES = [
  'identity',
  'workload',
  'connection',
  'credential',
  'owner',
  'role',
  'permission',
  'resource',
  'execution_evidence',
] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

export const SOURCE_SYSTEMS = ['aws', 'github', 'entra', 'servicenow'] as const;
/** A connector from outside the repository may bring its own; these are the ones that join rules speak of. */
export type SourceSystem = (typeof SOURCE_SYSTEMS)[number] | (string & {});

export type PropValue = string | number | boolean | null | readonly string[] | readonly number[] | readonly boolean[];
export type Props = Readonly<Record<string, PropValue>>;

/** A key by which an entity can meet an entity of another source (domain.md, join rules). `v` is compared exactly. */
export interface JoinKey {
  readonly k: string;
  readonly v: string;
}

/** An entity as a connector writes it. */
export interface GraphEntity {
  readonly type: EntityType;
  /** What it is in its system: `iam_role`, `lambda_function`, `repository`. */
  readonly subtype: string;
  readonly source_system: SourceSystem;
  readonly source_tenant: string;
  readonly native_id: string;
  readonly display_name: string;
  readonly category: string;
  readonly props: Props;
  readonly join_keys: readonly JoinKey[];
}

/** Names an entity of the same source system; `source_tenant` only when it is not the document's own. */
export interface EntityRef {
  readonly type: EntityType;
  readonly native_id: string;
  readonly source_tenant?: string;
}

/** An edge as a connector writes it. `qualifier` tells two edges of one type between the same ends apart. */
export interface GraphEdge {
  readonly from: EntityRef;
  readonly to: EntityRef;
  readonly type: EdgeType;
  readonly category: string;
  readonly qualifier?: string;
  readonly props: Props;
}

export const GRAPH_SCHEMA = 'sv0.normalized-graph/1';

/** First line of the JSON Lines encoding, and the outer object of the one-document encoding. */
export interface GraphHeader {
  readonly schema: typeof GRAPH_SCHEMA;
  readonly source_system: SourceSystem;
  readonly source_tenant: string;
}

export interface NormalizedGraph extends GraphHeader {
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
}

export const EDGE_TYPES = [
  'RUNS_AS',
  'AUTHENTICATES_AS',
  'USES',
  'INVOKES',
  'CALLS',
  'TRIGGERED_BY',
  'HAS_CREDENTIAL',
  'HAS_ROLE',
  'GRANTS',
  'APPLIES_TO',
  'OWNED_BY',
  'TRUSTS',
  'TRUSTS_SUBJECT',
  'CAN_REQUEST_OIDC',
  'CAN_ACCESS',
  'REFERENCES_SECRET',
  'INSTANCE_OF',
  'MEMBER_OF',
  'CAN_DISPATCH',
] as const;
export type EdgeType = (typeof EDGE_TYPES)[number];

/** Lower-case hex SHA-256. Entity: JCS of `[tenant, source_system, source_tenant, type, native_id]`. Edge: JCS of `[from, type, to, qualifier]`. */
export type EntityId = string;
export type EdgeId = string;

/** An entity as the tenant's graph holds it: merged over every scope and category that reported it, in scope-id order. */
export interface Entity extends GraphEntity {
  readonly id: EntityId;
  readonly content_hash: string;
}

export interface Edge {
  readonly id: EdgeId;
  readonly from: EntityId;
  readonly to: EntityId;
  readonly type: EdgeType;
  readonly category: string;
  readonly qualifier: string | null;
  readonly props: Props;
  readonly content_hash: string;
}

/** Where a stored record came from; the fence of a record is its (scope, category) generation. */
export interface Provenance {
  readonly tenant_id: TenantId;
  readonly scope_id: ScopeId;
  readonly category: string;
  readonly instance_id: InstanceId;
  /** The run that last changed it, and the sync of that run. */
  readonly changed_run: RunId;
  readonly changed_sync: string;
  readonly change: 'created' | 'updated' | 'removed';
  readonly gen: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly changed_at: Date;
}

/** How completely a (scope, category) was last read: the ground for `clear` against `not_evaluated` (DATA-03, DATA-04). */
export interface Coverage {
  readonly scope_id: ScopeId;
  readonly instance_id: InstanceId;
  readonly source_system: SourceSystem;
  readonly source_tenant: string;
  readonly category: string;
  readonly status: 'complete' | 'partial' | 'failed' | 'never';
}

/** Everything that a derivation stage reads of one tenant, in id order. */
export interface TenantGraph {
  readonly tenant_id: TenantId;
  /** Digest over the ids and content hashes of all live entities and edges and the coverage: two equal graphs have equal revisions. */
  readonly revision: string;
  readonly entities: readonly Entity[];
  readonly edges: readonly Edge[];
  readonly coverage: readonly Coverage[];
}

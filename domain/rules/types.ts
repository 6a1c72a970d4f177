/** Rules: deterministic predicates over the tenant's graph, chains and stitched paths (DATA-04). One file each. */
import type { ExecutionChain } from '../chains/types.ts';
import type { Edge, EdgeId, EdgeType, Entity, EntityId, EntityType, SourceSystem, TenantGraph } from '../graph/types.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import type { StitchedPath } from '../stitching/types.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A category of a source that a rule's verdict rests on. */
export interface RuleInput {
  readonly source_system: SourceSystem;
  readonly category: string;
}

/** One record that the last complete read of its category changed, against the complete read before it (DATA-10). */
export interface GraphChange {
  readonly kind: 'entity' | 'edge';
  readonly id: EntityId | EdgeId;
  readonly change: 'created' | 'updated' | 'removed';
  /** What it was, where that is still known (a removed row's tombstone): without it a grant that was only written anew counts as new. */
  readonly before?: Entity | Edge;
}

/** What is known of the drift since the last complete sync. A category that is not in `compared` has nothing to be compared with. */
export interface ChangeSet {
  readonly compared: readonly (RuleInput & { readonly source_tenant: string })[];
  readonly changes: readonly GraphChange[];
}

/** Read access to everything that rules may look at, indexed once per pass. All lists are in id order. */
export interface RuleContext {
  readonly graph: TenantGraph;
  /** The same graph as the builders walk it. */
  readonly index: GraphIndex;
  /** The instant that ages are counted to: the start of the pass, cut to the day (UTC), so that a repeated stage sees the same. */
  readonly today: Date;
  entity(id: EntityId): Entity | undefined;
  edge(id: EdgeId): Edge | undefined;
  entitiesOf(type: EntityType, subtype?: string): readonly Entity[];
  out(id: EntityId, type?: EdgeType): readonly Edge[];
  in(id: EntityId, type?: EdgeType): readonly Edge[];
  readonly chains: readonly ExecutionChain[];
  readonly paths: readonly StitchedPath[];
  chain(id: string): ExecutionChain | undefined;
  path(id: string): StitchedPath | undefined;
  /** How the last complete read of this record's category changed it, if it did. */
  changed(id: EntityId | EdgeId): GraphChange['change'] | undefined;
  /** Edges out of an entity that the last complete read no longer found, as far as they are still known. */
  removedFrom(id: EntityId): readonly Edge[];
  /** An entity that the last complete read no longer found, as far as it is still known. */
  removedEntity(id: EntityId): Entity | undefined;
  /** True only when this category was read completely at least twice, so that `changed` speaks for it. */
  compared(sourceSystem: string, category: string, sourceTenant: string): boolean;
  /** True only when every active scope that reads this category of this source tenant (all of them when it is left out) last read it completely, and at least one does. */
  complete(sourceSystem: string, category: string, sourceTenant?: string): boolean;
}

/** What a rule says of one subject. `clear` is said only of what was read completely; what was not read is `not_evaluated`. */
export interface Verdict {
  readonly verdict: 'finding' | 'clear' | 'not_evaluated';
  /** The entity that the verdict is about. */
  readonly subject: EntityId;
  /** Values of the rule's `identity_fields`, in that order: two different findings never share them. */
  readonly identity: Readonly<Record<string, string>>;
  /** Facts for the reader; flat, sorted by key when stored. No secret can be here: it comes from the scrubbed graph. */
  readonly facts?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Why it was not evaluated: the category that was not read completely. */
  readonly missing?: string;
}

/** Ids of what proves a finding; the evidence pack holds exactly these rows. */
export interface Explanation {
  readonly entities: readonly EntityId[];
  readonly edges: readonly string[];
  readonly chains: readonly string[];
  readonly paths: readonly string[];
}

export interface RuleMetadata {
  readonly id: string;
  /** Raised when the rule's meaning changes; on every finding and pack. */
  readonly version: number;
  readonly title: string;
  readonly severity: Severity;
  readonly rationale: string;
  readonly remediation: string;
  /** Only mappings that are certain. Example: `{ 'OWASP-NHI': ['NHI7:2025'] }`. */
  readonly frameworks: Readonly<Record<string, readonly string[]>>;
  readonly identity_fields: readonly string[];
  /** What has to be read completely for the rule to say anything of a whole source (DATA-04). */
  readonly reads: readonly RuleInput[];
}

export interface Rule extends RuleMetadata {
  evaluate(context: RuleContext): readonly Verdict[];
  /** Whether something with this identity, which this pass did not find, may be there on a chain or path that a bound cut off. */
  mayBeCut?(identity: Readonly<Record<string, string>>, context: RuleContext): boolean;
  explain(verdict: Verdict, context: RuleContext): Explanation;
}

/** Small hand-made graphs for rules: a line per entity and edge, complete coverage unless a test says otherwise. */
import { digestOf } from '../../../domain/canonical.ts';
import type { ExecutionChain } from '../../../domain/chains/types.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { edgeId, entityId } from '../../../domain/graph/ids.ts';
import type { Coverage, Edge, EdgeType, Entity, EntityType, JoinKey, Props, TenantGraph } from '../../../domain/graph/types.ts';
import { instanceId, scopeId, tenantId } from '../../../domain/ids.ts';
import { createRuleContext } from '../../../domain/rules/context.ts';
import type { ChangeSet, GraphChange, RuleContext } from '../../../domain/rules/types.ts';
import type { StitchedPath } from '../../../domain/stitching/types.ts';

export const TENANT = tenantId('t-rules');
export const TODAY = new Date('2026-11-22T00:00:00Z');
export const AWS_ACCOUNT = '111122223333';
export const ENTRA_TENANT = '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11';

const SOURCE_TENANTS: Readonly<Record<string, string>> = {
  aws: AWS_ACCOUNT,
  entra: ENTRA_TENANT,
  github: 'northwind-robotics',
  servicenow: 'northwind.service-now.com',
};

export const daysAgo = (days: number): string => new Date(TODAY.getTime() - days * 86_400_000).toISOString();

export interface EntityOptions {
  readonly system?: string;
  readonly category?: string;
  readonly tenant?: string;
  readonly name?: string;
  readonly keys?: readonly JoinKey[];
}

export class GraphBuilder {
  readonly entities: Entity[] = [];
  readonly edges: Edge[] = [];
  readonly chains: ExecutionChain[] = [];
  readonly paths: StitchedPath[] = [];
  readonly changes: GraphChange[] = [];
  /** Categories with an earlier complete read; `null`: every category that is in the graph. */
  compared: ChangeSet['compared'] | null = [];
  /** `system:category` → status; everything else that is in the graph is complete. */
  readonly coverage = new Map<string, Coverage['status']>();

  entity(type: EntityType, subtype: string, native_id: string, props: Props = {}, options: EntityOptions = {}): Entity {
    const source_system = options.system ?? 'aws';
    const source_tenant = options.tenant ?? SOURCE_TENANTS[source_system] ?? 'tenant';
    const rest = {
      type,
      subtype,
      source_system,
      source_tenant,
      native_id,
      display_name: options.name ?? native_id,
      category: options.category ?? 'iam',
      props,
      join_keys: options.keys ?? [],
    };
    const entity: Entity = { ...rest, id: entityId(TENANT, source_system, source_tenant, type, native_id), content_hash: digestOf(rest) };
    this.entities.push(entity);
    return entity;
  }

  edge(
    from: Entity,
    type: EdgeType,
    to: Entity,
    props: Props = {},
    options: { readonly category?: string; readonly qualifier?: string } = {},
  ): Edge {
    const qualifier = options.qualifier ?? null;
    const rest = { from: from.id, to: to.id, type, category: options.category ?? from.category, qualifier, props };
    const edge: Edge = { ...rest, id: edgeId(from.id, type, to.id, qualifier), content_hash: digestOf(rest) };
    this.edges.push(edge);
    return edge;
  }

  chain(
    nodes: readonly Entity[],
    edges: readonly Edge[],
    ends: { readonly openHead?: boolean; readonly openTail?: boolean } = {},
  ): ExecutionChain {
    const [head, tail] = [nodes[0], nodes.at(-1)];
    if (head === undefined || tail === undefined) throw new Error('a chain has nodes');
    const chain: ExecutionChain = {
      id: digestOf([head.id, edges.map((edge) => edge.id)]),
      anchor: head.id,
      nodes: nodes.map((node) => node.id),
      edges: edges.map((edge) => edge.id),
      source_system: head.source_system,
      source_tenant: head.source_tenant,
      head: { entity: head.id, open: ends.openHead ?? false, join_keys: [] },
      tail: { entity: tail.id, open: ends.openTail ?? false, join_keys: [] },
      truncated: false,
      limit: null,
    };
    this.chains.push(chain);
    return chain;
  }

  path(segments: readonly ExecutionChain[], completeness: StitchedPath['completeness'] = 'complete', truncated = false): StitchedPath {
    const nodes = segments.flatMap((segment) => segment.nodes);
    const ids = segments.map((segment) => segment.id);
    const path: StitchedPath = {
      id: digestOf([ids, completeness]),
      segments: ids,
      joins: segments.slice(1).map((segment, n) => ({
        rule: 'test',
        left: { entity: segments[n]?.nodes.at(-1) ?? '', key: 'k', value: 'v' },
        right: { entity: segment.nodes[0] ?? '', key: 'k', value: 'v' },
      })),
      systems: [...new Set(segments.map((segment) => segment.source_system))],
      nodes,
      head: nodes[0] ?? '',
      tail: nodes.at(-1) ?? '',
      completeness,
      truncated,
    };
    this.paths.push(path);
    return path;
  }

  /** `aws:iam` was read like this. */
  cover(input: string, status: Coverage['status']): void {
    this.coverage.set(input, status);
  }

  /** Everything complete but what `cover` said; with a status, everything so. */
  coverageRows(status?: Coverage['status']): readonly Coverage[] {
    const rows = new Map<string, Coverage>();
    const add = (source_system: string, source_tenant: string, category: string): void => {
      const scope = { scope_id: scopeId(`scope-${source_system}`), instance_id: instanceId(`instance-${source_system}`) };
      const said = status ?? this.coverage.get(`${source_system}:${category}`) ?? 'complete';
      rows.set(`${source_system} ${source_tenant} ${category}`, { ...scope, source_system, source_tenant, category, status: said });
    };
    for (const [system, category] of ALL_CATEGORIES) add(system, SOURCE_TENANTS[system] ?? 'tenant', category);
    for (const { source_system, source_tenant, category } of this.entities) add(source_system, source_tenant, category);
    return [...rows.values()];
  }

  graph(status?: Coverage['status']): TenantGraph {
    return { tenant_id: TENANT, revision: 'test', entities: this.entities, edges: this.edges, coverage: this.coverageRows(status) };
  }

  context(status?: Coverage['status']): RuleContext {
    const graph = this.graph(status);
    const compared =
      this.compared ?? graph.coverage.map(({ source_system, source_tenant, category }) => ({ source_system, source_tenant, category }));
    return createRuleContext({
      index: indexGraph(graph),
      chains: this.chains,
      paths: this.paths,
      today: TODAY,
      changes: { compared, changes: this.changes },
    });
  }
}

/** What the sources have to be read for, whether or not a small graph has anything of it. */
export const ALL_CATEGORIES: readonly (readonly [system: string, category: string])[] = [
  ...['iam', 'lambda', 's3'].map((category) => ['aws', category] as const),
  ...[
    'applications',
    'service_principals',
    'credentials',
    'federated_credentials',
    'app_role_assignments',
    'delegated_grants',
    'directory_roles',
    'groups',
    'users',
  ].map((category) => ['entra', category] as const),
  ...['workloads', 'connections', 'credentials', 'users', 'roles'].map((category) => ['servicenow', category] as const),
  ...['repositories', 'environments', 'workflows', 'secrets', 'installations', 'deploy_keys'].map(
    (category) => ['github', category] as const,
  ),
];

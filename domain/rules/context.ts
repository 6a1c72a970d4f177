/** Builds what rules read: the tenant's one graph index, chains and paths by id, and completeness per (source, category). */
import type { ExecutionChain } from '../chains/types.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import type { Coverage, Edge, Entity, EntityId } from '../graph/types.ts';
import type { StitchedPath } from '../stitching/types.ts';
import { byCodeUnit } from './lib/order.ts';
import type { ChangeSet, RuleContext } from './types.ts';

export interface RuleContextInput {
  readonly index: GraphIndex;
  readonly chains: readonly ExecutionChain[];
  readonly paths: readonly StitchedPath[];
  /** When the pass began; cut to the day in UTC here. */
  readonly today: Date;
  /** Left out when nobody knows what changed: rules about drift then say `not_evaluated`. */
  readonly changes?: ChangeSet;
}

export function createRuleContext({ index, chains, paths, today, changes }: RuleContextInput): RuleContext {
  const orderedChains = [...chains].sort((a, b) => byCodeUnit(a.id, b.id));
  const orderedPaths = [...paths].sort((a, b) => byCodeUnit(a.id, b.id));
  const chainById = new Map(orderedChains.map((chain) => [chain.id, chain]));
  const pathById = new Map(orderedPaths.map((path) => [path.id, path]));
  const changeById = new Map((changes?.changes ?? []).map((change) => [change.id, change.change]));
  const removed = removedRows(changes);
  const compared = new Set((changes?.compared ?? []).map((one) => key(one.source_system, one.category, one.source_tenant)));
  const complete = completeness(index.graph.coverage);
  return {
    graph: index.graph,
    index,
    today: new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate())),
    entity: index.entity,
    edge: index.edge,
    entitiesOf: index.entitiesOf,
    out: index.out,
    in: index.in,
    chains: orderedChains,
    paths: orderedPaths,
    chain: (id) => chainById.get(id),
    path: (id) => pathById.get(id),
    changed: (id) => changeById.get(id),
    removedFrom: (id) => removed.edges.get(id) ?? [],
    removedEntity: (id) => removed.entities.get(id),
    compared: (sourceSystem, category, sourceTenant) => compared.has(key(sourceSystem, category, sourceTenant)),
    complete: (sourceSystem, category, sourceTenant) => complete.get(key(sourceSystem, category, sourceTenant)) ?? false,
  };
}

const key = (sourceSystem: string, category: string, sourceTenant: string | undefined): string =>
  sourceTenant === undefined ? `${sourceSystem}|${category}` : `${sourceSystem}|${category}|${sourceTenant}`;

function removedRows(changes: ChangeSet | undefined) {
  const entities = new Map<EntityId, Entity>();
  const edges = new Map<EntityId, Edge[]>();
  for (const { change, before } of changes?.changes ?? []) {
    if (change !== 'removed' || before === undefined) continue;
    if (!('from' in before)) {
      entities.set(before.id, before);
      continue;
    }
    const list = edges.get(before.from);
    if (list === undefined) edges.set(before.from, [before]);
    else list.push(before);
  }
  for (const list of edges.values()) list.sort((a, b) => byCodeUnit(a.id, b.id));
  return { entities, edges };
}

/** One reader that fell short makes the whole category incomplete; a category that nobody reads is absent, which is the same. */
function completeness(coverage: readonly Coverage[]): ReadonlyMap<string, boolean> {
  const complete = new Map<string, boolean>();
  for (const row of coverage) {
    for (const tenant of [undefined, row.source_tenant]) {
      const name = key(row.source_system, row.category, tenant);
      complete.set(name, (complete.get(name) ?? true) && row.status === 'complete');
    }
  }
  return complete;
}

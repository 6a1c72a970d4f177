/** From what a rule points at to the exact rows of an evidence pack: an edge brings its ends, a path its segments. */
import type { EntityId } from '../../graph/types.ts';
import type { Explanation, RuleContext } from '../types.ts';
import { sortedUnique } from './order.ts';

export interface Proof {
  readonly entities?: readonly EntityId[];
  readonly edges?: readonly string[];
  readonly chains?: readonly string[];
  readonly paths?: readonly string[];
}

/** Closed over its references: every edge's ends, every chain's rows and every path's segments are in it. Ids that the context does not hold are left out. */
export function explanationOf(context: RuleContext, subject: EntityId, proof: Proof): Explanation {
  const paths = sortedUnique(proof.paths ?? []).filter((id) => context.path(id) !== undefined);
  const segments = paths.flatMap((id) => context.path(id)?.segments ?? []);
  const chains = sortedUnique([...(proof.chains ?? []), ...segments]).filter((id) => context.chain(id) !== undefined);
  const entities = new Set<string>([subject, ...(proof.entities ?? [])]);
  const edges = new Set<string>(proof.edges ?? []);
  for (const id of paths) {
    const path = context.path(id);
    for (const node of path?.nodes ?? []) entities.add(node);
    for (const join of path?.joins ?? []) entities.add(join.left.entity).add(join.right.entity);
  }
  for (const id of chains) {
    const chain = context.chain(id);
    for (const node of chain?.nodes ?? []) entities.add(node);
    for (const edge of chain?.edges ?? []) edges.add(edge);
  }
  for (const id of edges) {
    const edge = context.edge(id);
    if (edge !== undefined) entities.add(edge.from).add(edge.to);
  }
  return {
    entities: sortedUnique(entities).filter((id) => context.entity(id) !== undefined),
    edges: sortedUnique(edges).filter((id) => context.edge(id) !== undefined),
    chains,
    paths,
  };
}

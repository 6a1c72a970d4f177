/** From the rows that prove a finding or a path to what is drawn of them: nodes in the order of authority, steps, and joins. Pure. */
import { EDGE_TYPE_TABLE } from '../../domain/graph/edge-types.ts';
import type { Edge } from '../../domain/graph/types.ts';
import type { EntityView, Proof } from '../../domain/views/types.ts';

export interface PictureNode {
  readonly id: string;
  /** Null when the row is no longer in the graph. */
  readonly entity: EntityView | null;
  readonly name: string;
  readonly kind: string;
  /** The lane: the source system. */
  readonly lane: string;
}

export interface PictureLink {
  readonly from: string;
  readonly to: string;
  readonly kind: 'step' | 'join';
  /** What is written on it: `runs as`, or the join's rule. */
  readonly label: string;
  /** Second line of a join: the key that joined. */
  readonly key: string | null;
  /** The joined value, for the list beside the picture. */
  readonly value: string | null;
}

export interface PictureGraph {
  readonly nodes: readonly PictureNode[];
  readonly links: readonly PictureLink[];
  /** Nodes that were left out, so that the picture stays readable. */
  readonly left_out: number;
}

const MAX_NODES = 60;

export const stepWords = (type: string): string => type.toLowerCase().replaceAll('_', ' ');

export function pictureOf(proof: Proof): PictureGraph {
  const edges = new Map(proof.edges.map((edge) => [edge.id, edge]));
  const entities = new Map(proof.entities.map((entity) => [entity.id, entity]));
  const links = new Map<string, PictureLink>();
  const add = (link: PictureLink): void => {
    if (link.from !== link.to) links.set(`${link.kind} ${link.from} ${link.to} ${link.label}`, link);
  };
  for (const chain of proof.chains) {
    for (const [index, id] of chain.edges.entries()) {
      const [from, to] = [chain.nodes[index], chain.nodes[index + 1]];
      if (from !== undefined && to !== undefined) add(step(from, to, edges.get(id)));
    }
  }
  const drawn = new Set(proof.chains.flatMap((chain) => chain.edges));
  for (const edge of proof.edges) {
    if (drawn.has(edge.id)) continue;
    const reverse = EDGE_TYPE_TABLE[edge.type].flow === 'reverse';
    add(step(reverse ? edge.to : edge.from, reverse ? edge.from : edge.to, edge));
  }
  for (const join of proof.paths.flatMap((path) => path.joins)) {
    add({ from: join.left.entity, to: join.right.entity, kind: 'join', label: join.rule, key: join.right.key, value: join.right.value });
  }
  return bounded(
    [
      ...proof.paths.flatMap((path) => path.nodes),
      ...proof.chains.flatMap((chain) => chain.nodes),
      ...proof.entities.map((entity) => entity.id),
    ],
    [...links.values()],
    entities,
  );
}

function step(from: string, to: string, edge: Edge | undefined): PictureLink {
  return { from, to, kind: 'step', label: edge === undefined ? '' : stepWords(edge.type), key: null, value: null };
}

function bounded(order: readonly string[], links: readonly PictureLink[], entities: ReadonlyMap<string, EntityView>): PictureGraph {
  const all = [...new Set([...order, ...links.flatMap((link) => [link.from, link.to])])];
  const kept = new Set(all.slice(0, MAX_NODES));
  return {
    nodes: [...kept].map((id) => {
      const entity = entities.get(id) ?? null;
      return {
        id,
        entity,
        name: entity?.display_name ?? id.slice(0, 12),
        kind: entity === null ? 'no longer in the graph' : stepWords(entity.subtype),
        lane: entity?.source_system ?? 'unknown',
      };
    }),
    links: links.filter((link) => kept.has(link.from) && kept.has(link.to)),
    left_out: all.length - kept.size,
  };
}

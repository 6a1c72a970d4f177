import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../domain/canonical.ts';
import { buildChains } from '../../../domain/chains/build.ts';
import { chainLimits } from '../../../domain/chains/limits.ts';
import { type GraphIndex, indexGraph } from '../../../domain/graph/graph-index.ts';
import type { EntityId, TenantGraph } from '../../../domain/graph/types.ts';
import { LEFT_KEYS } from '../../../domain/stitching/sides.ts';
import { anyGraph, RUNS } from '../fixtures/any-graph.ts';

const limits = { ...chainLimits(0), depth: 5, chainsPerAnchor: 4000 };

describe('chains of any graph', () => {
  it('DATA-06: are the same bytes whatever the order of the rows', () => {
    fc.assert(
      fc.property(anyGraph(), fc.infiniteStream(fc.nat()), (graph, numbers) => {
        const again = shuffled(graph, numbers);
        expect(canonicalJson(buildChains(indexGraph(again)))).toBe(canonicalJson(buildChains(indexGraph(graph))));
        const tight = { depth: 4, chainsPerAnchor: 2, chainsPerTenant: 7, surveySteps: 10 };
        expect(canonicalJson(buildChains(indexGraph(again), tight))).toBe(canonicalJson(buildChains(indexGraph(graph), tight)));
      }),
      RUNS,
    );
  });

  it('DATA-06: follow edges of the graph in the direction of authority, within one source, no entity twice', () => {
    fc.assert(
      fc.property(anyGraph(), (given) => {
        const graph = indexGraph(given);
        const { chains } = buildChains(graph, limits);
        expect(new Set(chains.map((chain) => chain.id)).size).toBe(chains.length);
        for (const chain of chains) {
          expect(chain.id).toBe(digestOf([chain.anchor, chain.edges]));
          expect(chain.nodes[0]).toBe(chain.anchor);
          expect(chain.nodes).toHaveLength(chain.edges.length + 1);
          expect(new Set(chain.nodes).size).toBe(chain.nodes.length);
          for (const [n, edge] of chain.edges.entries()) {
            expect(graph.onward(chain.nodes[n] ?? '').some((step) => step.edge.id === edge && step.to === chain.nodes[n + 1])).toBe(true);
          }
          for (const id of chain.nodes) {
            expect(graph.entity(id)).toMatchObject({ source_system: chain.source_system, source_tenant: chain.source_tenant });
          }
        }
      }),
      RUNS,
    );
  });

  it('DATA-06: are all that a plain recursive search finds from the same anchor', () => {
    fc.assert(
      fc.property(anyGraph(), (given) => {
        const graph = indexGraph(given);
        const { chains, truncated_anchors } = buildChains(graph, limits);
        fc.pre(truncated_anchors.length === 0);
        for (const anchor of new Set(chains.map((chain) => chain.anchor))) {
          const found = chains.filter((chain) => chain.anchor === anchor).map((chain) => chain.nodes.join());
          expect(new Set(found)).toEqual(search(graph, anchor, limits.depth));
        }
      }),
      RUNS,
    );
  });

  it('DATA-06: with bounds are some of those without, as many as the bound allows, and every open end is kept first', () => {
    fc.assert(
      fc.property(anyGraph(), fc.integer({ min: 1, max: 5 }), (given, most) => {
        const graph = indexGraph(given);
        const whole = buildChains(graph, limits);
        fc.pre(whole.truncated_anchors.length === 0);
        const bounded = buildChains(graph, { ...limits, chainsPerAnchor: most });
        const all = new Map(whole.chains.map((chain) => [chain.id, chain]));
        for (const anchor of new Set(whole.chains.map((chain) => chain.anchor))) {
          const of = (chains: typeof whole.chains) => chains.filter((chain) => chain.anchor === anchor);
          const kept = of(bounded.chains);
          expect(kept).toHaveLength(Math.min(most, of(whole.chains).length));
          for (const chain of kept) expect(all.get(chain.id)).toMatchObject({ nodes: chain.nodes, tail: chain.tail });
          expect(bounded.truncated_anchors.includes(anchor)).toBe(of(whole.chains).length > most);
          const exits = new Set(
            of(whole.chains)
              .filter((chain) => chain.tail.join_keys.length > 0)
              .map((chain) => chain.tail.entity),
          );
          const keptExits = new Set(kept.filter((chain) => chain.tail.join_keys.length > 0).map((chain) => chain.tail.entity));
          expect(exits.size > most || [...exits].every((exit) => keptExits.has(exit))).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

/** Node lists of all chains from the anchor, as domain.md says them, in the plainest way. */
function search(graph: GraphIndex, anchor: EntityId, depth: number): Set<string> {
  const found = new Set<string>();
  const entityOf = (id: EntityId) => {
    const entity = graph.entity(id);
    if (entity === undefined) throw new Error('no entity');
    return entity;
  };
  const sourceOf = (id: EntityId): string => `${entityOf(id).source_system} ${entityOf(id).source_tenant}`;
  const isLink = (id: EntityId): boolean => !['owner', 'execution_evidence'].includes(entityOf(id).type);
  const follow = (nodes: readonly EntityId[]): void => {
    const last = nodes.at(-1) ?? '';
    const steps = graph
      .onward(last)
      .filter((step) => step.to !== last && isLink(step.to))
      .filter((step) => step.edge.type !== 'MEMBER_OF' || entityOf(step.to).type !== 'resource');
    const inside = steps.filter((step) => sourceOf(step.to) === sourceOf(last));
    const leaves = entityOf(last).join_keys.some((key) => LEFT_KEYS.has(key.k)) || (nodes.length > 1 && inside.length < steps.length);
    if (leaves) found.add(nodes.join());
    const onward = new Map<EntityId, boolean>();
    for (const step of inside) {
      if (nodes.includes(step.to)) continue;
      const { type, subtype } = entityOf(step.to);
      const acts = step.edge.type !== 'APPLIES_TO' && (type !== 'resource' || subtype === 'event_source');
      onward.set(step.to, (onward.get(step.to) ?? false) || acts);
    }
    if (nodes.length - 1 === depth || onward.size === 0) {
      found.add(nodes.join());
      return;
    }
    for (const [to, acts] of onward) {
      if (acts) follow([...nodes, to]);
      else found.add([...nodes, to].join());
    }
  };
  follow([anchor]);
  return found;
}

function shuffled(graph: TenantGraph, numbers: fc.Stream<number>): TenantGraph {
  const shuffle = <T>(list: readonly T[]): T[] => {
    const keys = [...numbers.take(list.length)];
    return list
      .map((value, n) => ({ value, at: keys[n] ?? 0 }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  };
  return { ...graph, entities: shuffle(graph.entities), edges: shuffle(graph.edges) };
}

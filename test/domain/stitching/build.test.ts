import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../domain/canonical.ts';
import { buildChains } from '../../../domain/chains/build.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { stitchPaths } from '../../../domain/stitching/build.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { stitchLimits } from '../../../domain/stitching/limits.ts';
import { anyGraph, RUNS } from '../fixtures/any-graph.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { story } from '../fixtures/story.ts';
import { graphBuilder, type GraphBuilder, key } from '../fixtures/tenant-graph.ts';

const many = anyGraph({ entities: 16, edges: 12, sources: 4, keys: 5 });

function built(make: (builder: GraphBuilder) => void, limits?: Parameters<typeof stitchPaths>[2]) {
  const builder = graphBuilder();
  make(builder);
  const graph = indexGraph(builder.build());
  const stitched = stitchPaths(graph, buildChains(graph).chains, limits);
  const readable = stitched.paths.map((path) => path.nodes.map((id) => graph.entity(id)?.native_id).join(' ')).sort();
  return { ...stitched, readable };
}

/** Entity `id` of its own source: entered as role `id`, leaving to the roles `to`. */
const hop = (builder: GraphBuilder, id: string, ...to: readonly string[]): string =>
  builder.entity('aws', 'identity', id, {
    tenant: id,
    keys: [key(JOIN_KEYS.roleArn, id), ...to.map((one) => key(JOIN_KEYS.usesRoleArn, one))],
  });

describe('stitched paths', () => {
  it('DATA-07: are the same bytes whatever the order of entities, edges and chains', () => {
    fc.assert(
      fc.property(many, fc.infiniteStream(fc.nat()), (graph, numbers) => {
        const shuffle = <T>(list: readonly T[]): T[] => {
          const keys = [...numbers.take(list.length)];
          return list
            .map((value, n) => ({ value, at: keys[n] ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ value }) => value);
        };
        const index = indexGraph(graph);
        const again = indexGraph({ ...graph, entities: shuffle(graph.entities), edges: shuffle(graph.edges) });
        const { chains } = buildChains(index);
        for (const limits of [stitchLimits(0), { segments: 3, pathsPerStart: 2, pathsPerTenant: 5, looks: 20 }]) {
          expect(canonicalJson(stitchPaths(again, shuffle([...chains, ...chains.slice(0, 2)]), limits))).toBe(
            canonicalJson(stitchPaths(index, chains, limits)),
          );
        }
      }),
      RUNS,
    );
  });

  it('DATA-07: join chains of different sources end to end, no entity twice, each with its evidence', () => {
    let seen = 0;
    fc.assert(
      fc.property(many, (graph) => {
        const index = indexGraph(graph);
        const { chains } = buildChains(index);
        const byId = new Map(chains.map((chain) => [chain.id, chain]));
        const { paths } = stitchPaths(index, chains);
        seen += paths.length;
        expect(paths.map((path) => path.id)).toEqual([...new Set(paths.map((path) => path.id))].sort());
        for (const path of paths) {
          const segments = path.segments.map((id) => byId.get(id));
          expect(path.id).toBe(digestOf([path.segments, path.joins]));
          expect(path.segments.length).toBeGreaterThanOrEqual(2);
          expect(path.joins).toHaveLength(path.segments.length - 1);
          expect(path.nodes).toEqual(segments.flatMap((chain) => chain?.nodes ?? []));
          expect(new Set(path.nodes).size).toBe(path.nodes.length);
          expect([path.head, path.tail]).toEqual([path.nodes[0], path.nodes.at(-1)]);
          for (const [n, join] of path.joins.entries()) {
            const [before, after] = [segments[n], segments[n + 1]];
            expect([before?.tail.entity, after?.head.entity]).toEqual([join.left.entity, join.right.entity]);
            expect(before?.tail.join_keys).toContainEqual({ k: join.left.key, v: join.left.value });
            expect(after?.head.join_keys).toContainEqual({ k: join.right.key, v: join.right.value });
            expect(`${before?.source_system} ${before?.source_tenant}`).not.toBe(`${after?.source_system} ${after?.source_tenant}`);
          }
          const [head, tail] = [segments[0]?.head.open, segments.at(-1)?.tail.open];
          expect(path.completeness).toBe(head ? (tail ? 'open' : 'open_head') : tail ? 'open_tail' : 'complete');
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('DATA-07: go as far as the joins go, and no path is a part of another', () => {
    const { readable, truncated } = built((b) => [
      hop(b, 'a', 'b'),
      hop(b, 'b', 'c', 'd'),
      hop(b, 'c', 'd'),
      hop(b, 'd'),
      hop(b, 'x', 'c'),
    ]);
    expect(readable).toEqual(['a b c d', 'a b d', 'x c d']);
    expect(truncated).toBe(false);
  });

  it('DATA-07: a segment that can be entered but is reached within its own source begins no path of its own', () => {
    const { readable } = built((b) => {
      const work = b.entity('aws', 'workload', 'work', { tenant: 'a' });
      b.edge(work, 'RUNS_AS', hop(b, 'a', 'b'));
      hop(b, 'b');
      hop(b, 'outside', 'a');
    });
    expect(readable).toEqual(['outside a b', 'work a b']);
  });

  it('DATA-07: nor does one that is asked for and then not joined, because the asking is ambiguous', () => {
    const { readable, unresolved } = built((b) => {
      const work = b.entity('aws', 'workload', 'work', { tenant: 'a' });
      b.edge(work, 'RUNS_AS', hop(b, 'a', 'b'));
      b.entity('aws', 'role', 'same-arn', { tenant: 'other', keys: [key(JOIN_KEYS.roleArn, 'a')] });
      hop(b, 'b');
      hop(b, 'outside', 'a');
    });
    expect(readable).toEqual(['work a b']);
    expect(unresolved).toHaveLength(1);
  });

  it('DATA-07: a way on that leads nowhere is not listed beside the segment that says more', () => {
    const { readable } = built((b) => {
      const role = hop(b, 'b', 'nowhere');
      b.edge(role, 'GRANTS', b.entity('aws', 'permission', 'read', { tenant: 'b' }));
      hop(b, 'a', 'b');
    });
    expect(readable).toEqual(['a b read']);
  });

  it('DATA-07: a ring of sources ends where it would come back, and every join of it is on some path', () => {
    const { paths } = built((b) => [hop(b, 'a', 'b'), hop(b, 'b', 'c'), hop(b, 'c', 'a')]);
    expect(paths.map((path) => path.segments.length)).toEqual([3, 3]);
    expect(new Set(paths.flatMap((path) => path.joins.map((join) => join.left.value)))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('DATA-07: chains of another graph are left out', () => {
    const { graph } = story();
    const { chains } = buildChains(indexGraph(graph));
    const empty = indexGraph({ ...graph, entities: [], edges: [] });
    expect(stitchPaths(empty, chains)).toEqual({ paths: [], unresolved: [], truncated: false });
  });

  it('DATA-07: too many paths are bounded, quickly, and say so', () => {
    const width = 12;
    const layer = (n: number): string[] => (n > 7 ? [] : Array.from({ length: width }, (_, at) => `${n}-${at}`));
    const make = (b: GraphBuilder): void => {
      hop(b, 'start', ...layer(0));
      for (let n = 0; n <= 7; n += 1) for (const id of layer(n)) hop(b, id, ...layer(n + 1));
    };
    let result = built(() => undefined);
    expect(cpuTime(() => (result = built(make)))).toBeLessThan(1000);
    const { paths, truncated } = result;
    expect(truncated).toBe(true);
    expect(paths.length).toBeGreaterThanOrEqual(256);
    expect(paths.length).toBeLessThan(400);
    expect(paths.every((path) => path.truncated)).toBe(true);
    expect(Math.max(...paths.map((path) => path.segments.length))).toBe(8);
    // Whatever leads on is on some path.
    expect(new Set(paths.flatMap((path) => path.segments.slice(0, -1))).size).toBe(1 + 7 * width);
  });

  it('DATA-07: a bound over all is shared by all beginnings', () => {
    const make = (b: GraphBuilder): void => {
      const ends = Array.from({ length: 10 }, (_, n) => `end-${n}`);
      for (const end of ends) hop(b, end);
      for (let n = 0; n < 5; n += 1) hop(b, `start-${n}`, ...ends);
      hop(b, 'small', 'end-0');
    };
    expect(built(make).paths).toHaveLength(51);
    const bounded = built(make, { ...stitchLimits(0), pathsPerTenant: 16 });
    expect(bounded.truncated).toBe(true);
    expect(bounded.paths).toHaveLength(16);
    expect(bounded.readable).toContain('small end-0');
    expect(bounded.paths.filter((path) => !path.truncated)).toHaveLength(1);
  });
});

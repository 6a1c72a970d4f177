import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { chainLimits } from '../../../domain/chains/limits.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { stitchPaths } from '../../../domain/stitching/build.ts';
import { cutWays } from '../../../domain/stitching/cut.ts';
import { stitchLimits } from '../../../domain/stitching/limits.ts';
import type { TenantGraph } from '../../../domain/graph/types.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { anyGraph, RUNS } from '../fixtures/any-graph.ts';
import { graphBuilder, type GraphBuilder, key } from '../fixtures/tenant-graph.ts';

const many = anyGraph({ entities: 16, edges: 12, sources: 4, keys: 5 });
const WIDE = {
  chains: { ...chainLimits(0), depth: 40, chainsPerAnchor: 4_000 },
  paths: { ...stitchLimits(0), pathsPerStart: 4_000, segments: 20 },
};
const NARROW = [
  { chains: { ...chainLimits(0), chainsPerAnchor: 1 }, paths: { ...stitchLimits(0), pathsPerStart: 1 } },
  { chains: { ...chainLimits(0), depth: 1 }, paths: { ...stitchLimits(0), segments: 2 } },
  { chains: chainLimits(0), paths: { ...stitchLimits(0), pathsPerTenant: 1, segments: 3 } },
  { chains: { ...chainLimits(0), chainsPerTenant: 2 }, paths: { ...stitchLimits(0), pathsPerTenant: 2 } },
];

const built = (graph: TenantGraph, limits: (typeof NARROW)[number]) => {
  const index = indexGraph(graph);
  const { chains } = buildChains(index, limits.chains);
  const { paths } = stitchPaths(index, chains, limits.paths);
  return { index, chains, paths };
};

/** Every pair of entities of which some chain or path shows that the one leads to the other. */
function shown({ chains, paths }: Pick<ReturnType<typeof built>, 'chains' | 'paths'>): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const { nodes } of [...chains, ...paths])
    for (const [n, from] of nodes.entries()) for (const to of nodes.slice(n + 1)) pairs.add(`${from} ${to}`);
  return pairs;
}

describe('ways that a bound cut off', () => {
  it.each(NARROW.map((limits, n) => [n, limits] as const))(
    'DATA-05, DATA-07: whatever wider bounds show and these do not may be there (%s)',
    (_, limits) => {
      let lost = 0;
      fc.assert(
        fc.property(many, (graph) => {
          const narrow = built(graph, limits);
          const ways = cutWays(narrow.index, narrow.chains, narrow.paths, () => false, limits.paths);
          const kept = shown(narrow);
          for (const pair of shown(built(graph, WIDE))) {
            if (kept.has(pair)) continue;
            lost += 1;
            const [from = '', to = ''] = pair.split(' ');
            expect(ways.mayLead(from, to), pair).toBe(true);
          }
        }),
        { ...RUNS, numRuns: RUNS.numRuns / 3 },
      );
      expect(lost).toBeGreaterThan(5);
    },
  );

  it('where nothing was cut, nothing may be there', () => {
    fc.assert(
      fc.property(many, (graph) => {
        const { index, chains, paths } = built(graph, WIDE);
        const ways = cutWays(index, chains, paths, () => false, WIDE.paths);
        for (const from of index.entities) for (const to of index.entities) expect(ways.mayLead(from.id, to.id)).toBe(false);
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 3 },
    );
  });

  /** Entity `id` of its own source: entered as role `id`, leaving to the roles `to`. */
  const hop = (builder: GraphBuilder, id: string, ...to: readonly string[]): string =>
    builder.entity('aws', 'identity', id, {
      tenant: id,
      keys: [key(JOIN_KEYS.roleArn, id), ...to.map((one) => key(JOIN_KEYS.usesRoleArn, one))],
    });
  const ways = (make: (builder: GraphBuilder) => void, limits: Partial<(typeof NARROW)[number]>, blocked = '') => {
    const builder = graphBuilder();
    make(builder);
    const bounds = { chains: chainLimits(0), paths: stitchLimits(0), ...limits };
    const { index, chains, paths } = built(builder.build(), bounds);
    const ordinal = (name: string): string => index.entities.find(({ native_id }) => native_id === name)?.id ?? '';
    const { mayLead } = cutWays(index, chains, paths, ({ native_id }) => native_id === blocked, bounds.paths);
    return { may: (from: string, to: string) => mayLead(ordinal(from), ordinal(to)), paths };
  };

  it('DATA-05: a way that begins elsewhere is not doubted because another one was cut', () => {
    const { may } = ways(
      (b) => {
        const many = hop(b, 'many');
        for (const name of ['p', 'q']) b.edge(many, 'GRANTS', b.entity('aws', 'permission', name, { tenant: 'many' }));
        b.edge(hop(b, 'one'), 'GRANTS', b.entity('aws', 'permission', 'r', { tenant: 'one' }));
      },
      { chains: { ...chainLimits(0), chainsPerAnchor: 1 } },
    );
    expect([may('many', 'p'), may('many', 'q'), may('one', 'r'), may('p', 'many')]).toEqual([true, true, false, false]);
  });

  it('DATA-05: when the tenant has all the paths that it may have, every way may be there', () => {
    const ring = (b: GraphBuilder): void => void [hop(b, 'a', 'b'), hop(b, 'b'), hop(b, 'x', 'y'), hop(b, 'y', 'x')];
    const { may, paths } = ways(ring, { paths: { ...stitchLimits(0), pathsPerTenant: 1 } });
    expect([paths.length, may('x', 'y'), may('y', 'b')]).toEqual([1, true, false]);
  });

  it('DATA-05: a start whose looks were spent before it showed a path is where a way may begin', () => {
    const ring = (b: GraphBuilder): void => {
      const a = hop(b, 'a', 'r');
      hop(b, 'r', 'a');
      for (let n = 0; n < 600; n += 1) b.edge(a, 'GRANTS', b.entity('aws', 'permission', `p${n}`, { tenant: 'a' }));
    };
    const limits = {
      chains: { ...chainLimits(0), chainsPerAnchor: 1_000 },
      paths: { ...stitchLimits(0), pathsPerStart: 4_000, looks: 1 },
    };
    // From `r`, of which the paths say themselves that they are cut, nothing comes through: what is left is `a`, which no path begins with.
    const { may, paths } = ways(ring, limits, 'r');
    expect([new Set(paths.map(({ head }) => head)).size, may('a', 'p1'), may('a', 'r')]).toEqual([1, true, false]);
  });
});

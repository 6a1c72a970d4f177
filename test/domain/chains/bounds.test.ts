import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { fairShare } from '../../../domain/chains/fair-share.ts';
import { chainLimits } from '../../../domain/chains/limits.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { RUNS } from '../fixtures/any-graph.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { graphBuilder, key } from '../fixtures/tenant-graph.ts';

/** Every workload of a layer calls every one of the next: width^depth ways through. */
function layered(width: number, depth: number) {
  const builder = graphBuilder();
  let before = [builder.entity('servicenow', 'resource', 'start', { subtype: 'event_source' })];
  for (let layer = 0; layer < depth; layer += 1) {
    const here = Array.from({ length: width }, (_, n) => builder.entity('servicenow', 'workload', `${layer}-${n}`));
    for (const from of before)
      for (const to of here) {
        if (layer === 0) builder.edge(to, 'TRIGGERED_BY', from);
        else builder.edge(from, 'CALLS', to);
      }
    before = here;
  }
  return indexGraph(builder.build());
}

describe('the bounds of chain building', () => {
  it('DATA-06: twenty ways on at each of twelve hops end within a second, bounded, and say so', () => {
    const graph = layered(20, 12);
    let built = buildChains(indexGraph(graphBuilder().build()));
    expect(cpuTime(() => (built = buildChains(graph)))).toBeLessThan(1000);
    expect(built.chains).toHaveLength(256);
    expect(built.chains.every((chain) => chain.truncated && chain.limit === 'chains_per_anchor')).toBe(true);
    expect(built.truncated_anchors).toEqual([built.chains[0]?.anchor]);
    // Every end of the last layer is reached by one of them, before any end is reached twice.
    expect(new Set(built.chains.map((chain) => chain.tail.entity)).size).toBe(20);
  });

  it('DATA-06: a chain that is longer than the bound is cut there, and says so with an open tail', () => {
    const built = buildChains(layered(1, 20));
    expect(built.chains).toHaveLength(1);
    expect(built.chains[0]).toMatchObject({ truncated: true, limit: 'depth', tail: { open: true, join_keys: [] } });
    expect(built.chains[0]?.edges).toHaveLength(12);
    const whole = buildChains(layered(1, 12));
    expect(whole.chains[0]).toMatchObject({ truncated: false, limit: null });
    expect(whole.chains[0]?.edges).toHaveLength(12);
  });

  it('DATA-06: a thousand buckets do not hide the one way out into another system', () => {
    const builder = graphBuilder();
    const user = builder.entity('aws', 'identity', 'user');
    const statement = builder.entity('aws', 'permission', 'read-all');
    builder.edge(user, 'GRANTS', statement);
    for (let n = 0; n < 1000; n += 1) builder.edge(statement, 'APPLIES_TO', builder.entity('aws', 'resource', `bucket-${n}`));
    let last = user;
    for (let n = 0; n < 5; n += 1) {
      const role = builder.entity('aws', 'role', `role-${n}`);
      builder.edge(role, 'TRUSTS', last);
      last = role;
    }
    const wayOut = builder.entity('aws', 'workload', 'way-out', { keys: [key(JOIN_KEYS.usesEntraApp, 't|a')] });
    builder.edge(last, 'APPLIES_TO', wayOut);
    builder.edge(wayOut, 'RUNS_AS', builder.entity('aws', 'role', 'own'));
    const identity = builder.entity('aws', 'identity', 'exit', { keys: [key(JOIN_KEYS.entraPrincipal, 't|o')] });
    builder.edge(last, 'MEMBER_OF', identity);
    const { chains, truncated_anchors } = buildChains(indexGraph(builder.build()));
    expect(truncated_anchors).toEqual([user]);
    expect(chains.filter((chain) => chain.anchor === user)).toHaveLength(256);
    expect(chains.filter((chain) => chain.tail.entity === identity)).toHaveLength(1);
  });

  it('DATA-06: many anchors with many chains share the bound of the tenant, and small ones keep all of theirs', () => {
    const builder = graphBuilder();
    const statements = Array.from({ length: 100 }, (_, n) => builder.entity('aws', 'permission', `p${n}`));
    for (let n = 0; n < 20; n += 1) {
      const user = builder.entity('aws', 'identity', `big-${n}`);
      for (const statement of statements) builder.edge(user, 'GRANTS', statement);
    }
    const small = builder.entity('aws', 'identity', 'small');
    for (const statement of statements.slice(0, 3)) builder.edge(small, 'GRANTS', statement);
    const graph = indexGraph(builder.build());
    const { chains, truncated_anchors } = buildChains(graph, { ...chainLimits(0), chainsPerTenant: 203 });
    expect(chains).toHaveLength(203);
    expect(chains.filter((chain) => chain.anchor === small)).toHaveLength(3);
    expect(chains.filter((chain) => chain.truncated).every((chain) => chain.limit === 'chains_per_tenant')).toBe(true);
    expect(truncated_anchors).toHaveLength(20);
    expect(truncated_anchors).not.toContain(small);
  });

  it('shares so that no larger bound would fit, and never gives less than one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 30 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat({ max: 300 }),
        (demands, most, total) => {
          const share = fairShare(demands, most, total);
          const used = (bound: number): number => demands.reduce((sum, demand) => sum + Math.min(demand, bound), 0);
          expect(share).toBeGreaterThanOrEqual(1);
          expect(share).toBeLessThanOrEqual(most);
          expect(share === 1 || used(share) <= total).toBe(true);
          expect(share === most || used(share + 1) > total).toBe(true);
        },
      ),
      RUNS,
    );
  });
});

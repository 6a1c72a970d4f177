import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import type { TenantGraph } from '../../../domain/graph/types.ts';
import { RUNS } from '../fixtures/any-graph.ts';
import { graphBuilder } from '../fixtures/tenant-graph.ts';

function sample(): { graph: TenantGraph; ids: Record<string, string> } {
  const builder = graphBuilder();
  const event = builder.entity('aws', 'resource', 'event', { subtype: 'event_source' });
  const work = builder.entity('aws', 'workload', 'work', { subtype: 'lambda_function' });
  const role = builder.entity('aws', 'role', 'role', { subtype: 'iam_role' });
  const subject = builder.entity('aws', 'identity', 'subject');
  const owner = builder.entity('aws', 'owner', 'owner');
  builder.edge(work, 'TRIGGERED_BY', event);
  builder.edge(work, 'RUNS_AS', role);
  builder.edge(role, 'TRUSTS', subject);
  builder.edge(work, 'OWNED_BY', owner);
  builder.edge(work, 'RUNS_AS', 'f'.repeat(64));
  builder.edge('0'.repeat(64), 'RUNS_AS', role);
  return { graph: builder.build(), ids: { event, work, role, subject, owner } };
}

describe('the index over a tenant graph', () => {
  const { graph, ids } = sample();
  const index = indexGraph(graph);

  it('DATA-06: authority flows as the table of edge types says, whatever way the arrow points', () => {
    const onward = (name: string): string[] =>
      index.onward(ids[name] ?? '').map((step) => `${step.edge.type} ${index.entity(step.to)?.native_id}`);
    expect(onward('event')).toEqual(['TRIGGERED_BY work']);
    expect(onward('work')).toEqual(['RUNS_AS role']);
    expect(onward('subject')).toEqual(['TRUSTS role']);
    expect(onward('role')).toEqual([]);
    expect(onward('owner')).toEqual([]);
  });

  it('leaves out an edge whose end is not in the graph', () => {
    expect(index.edges).toHaveLength(4);
    expect(index.out(ids['work'] ?? '', 'RUNS_AS')).toHaveLength(1);
    expect(index.in(ids['role'] ?? '')).toHaveLength(1);
  });

  it('looks up entities and edges by id, type, subtype and direction', () => {
    expect(index.entity(ids['role'] ?? '')?.native_id).toBe('role');
    expect(index.entity('nothing')).toBeUndefined();
    expect(index.ordinal('nothing')).toBe(-1);
    expect(index.entitiesOf('workload', 'lambda_function').map((entity) => entity.id)).toEqual([ids['work']]);
    expect(index.entitiesOf('workload', 'flow')).toEqual([]);
    expect(
      index
        .out(ids['work'] ?? '')
        .map((edge) => edge.type)
        .sort(),
    ).toEqual(['OWNED_BY', 'RUNS_AS', 'TRIGGERED_BY']);
    expect(index.out(ids['work'] ?? '', 'OWNED_BY').map((edge) => edge.to)).toEqual([ids['owner']]);
    expect(index.in(ids['owner'] ?? '', 'OWNED_BY').map((edge) => edge.from)).toEqual([ids['work']]);
    const [edge] = index.out(ids['role'] ?? '');
    expect(index.edge(edge?.id ?? '')).toBe(edge);
    expect(index.out('nothing')).toEqual([]);
    expect(index.onward('nothing')).toEqual([]);
  });

  it('gives the lists of an entity with many edges in id order, of one type or of all', () => {
    const builder = graphBuilder();
    const hub = builder.entity('aws', 'role', 'hub');
    for (let n = 0; n < 200; n += 1) builder.edge(hub, n % 2 === 0 ? 'GRANTS' : 'HAS_ROLE', builder.entity('aws', 'permission', `p${n}`));
    const wide = indexGraph(builder.build());
    for (let again = 0; again < 2; again += 1) {
      expect(wide.out(hub)).toHaveLength(200);
      expect(wide.out(hub, 'GRANTS')).toHaveLength(100);
      expect(wide.out(hub, 'CALLS')).toEqual([]);
      const list = wide.out(hub, 'HAS_ROLE').map((edge) => edge.id);
      expect(list).toEqual([...list].sort());
    }
  });

  it('DATA-02: is the same whatever the order of the rows, a row given twice included', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...graph.entities], { minLength: graph.entities.length }),
        fc.shuffledSubarray([...graph.edges], { minLength: graph.edges.length }),
        (entities, edges) => {
          const again = indexGraph({ ...graph, entities: [...entities, ...entities.slice(0, 2)], edges: [...edges, ...edges.slice(1, 3)] });
          expect(again.entities).toEqual(index.entities);
          expect(again.edges).toEqual(index.edges);
          expect(again.authority).toEqual(index.authority);
        },
      ),
      RUNS,
    );
  });

  it('keeps the smaller content hash of two records with one id', () => {
    const [first] = graph.entities;
    if (first === undefined) throw new Error('empty');
    const other = { ...first, display_name: 'other', content_hash: '0' };
    for (const entities of [
      [first, other],
      [other, first],
    ]) {
      expect(indexGraph({ ...graph, entities }).entities).toEqual([other]);
    }
  });
});

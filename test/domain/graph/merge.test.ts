import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenantId } from '../../../domain/ids.ts';
import { collectGraph } from '../../../domain/graph/collect.ts';
import { entityId } from '../../../domain/graph/ids.ts';
import { type EntityReport, mergeEdge, mergeEntity } from '../../../domain/graph/merge.ts';
import { createIdentifier, normalEntity } from '../../../domain/graph/normalize.ts';
import { parseGraph } from '../../../domain/graph/parse.ts';
import { anyEdge, anyEntity, edge, entity, EXPECTED, lines, pieces } from './documents.ts';

const tenant = tenantId('t-a');

function report(scope: string, category: string, change: object = {}): EntityReport {
  const { id, ...rest } = normalEntity('e1', entity({ category, ...change }));
  return { ...rest, entity_id: id, scope_id: scope };
}

describe('merge', () => {
  it('DATA-03: whatever the order of the reports, the same (property)', () => {
    const reports = [
      report('s-a', 'iam_roles', { display_name: 'arn:1', props: { a: null, b: 1 } }),
      report('s-a', 's3_buckets', { display_name: 'Stub', props: { a: 'x', c: 2 } }),
      report('s-b', 'iam_roles', { display_name: 'Other', props: { a: 'y', b: 2, d: [1] }, join_keys: [{ k: 'a', v: '1' }] }),
    ];
    const expected = mergeEntity(reports);
    expect(expected).toMatchObject({
      display_name: 'Stub',
      category: 'iam_roles',
      props: { a: 'x', b: 1, c: 2, d: [1] },
      join_keys: [
        { k: 'a', v: '1' },
        { k: 'role_arn', v: 'arn:1' },
      ],
    });
    fc.assert(
      fc.property(fc.shuffledSubarray(reports, { minLength: 3 }), (shuffled) => void expect(mergeEntity(shuffled)).toEqual(expected)),
    );
  });

  it('a single report hashes as a merged one of the same content', () => {
    const one = report('s-a', 'iam_roles');
    expect(mergeEntity([one, { ...one, scope_id: 's-b' }])).toEqual(mergeEntity([one]));
  });

  it('edges merge by the same rule', () => {
    const base = { ...createIdentifier(tenant, 'aws', 'x').edge(edge({ props: { a: null } })), scope_id: 's-b', edge_id: 'x' };
    const { id: _, ...first } = base;
    const merged = mergeEdge([first, { ...first, scope_id: 's-a', props: { a: 1, b: 2 } }]);
    expect(merged.props).toEqual({ a: 1, b: 2 });
    expect(mergeEdge([first])).toMatchObject({ id: 'x', props: { a: null } });
  });
});

describe('collect', () => {
  const options = { tenant, isStored: () => false, onRecord: () => undefined };
  const collect = (text: string) => collectGraph(parseGraph(pieces(text, 1000), { expected: EXPECTED }), options);

  it('DATA-02: order and doubled records change nothing, neither rows nor digest (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEntity, { maxLength: 5 }),
        fc.array(anyEdge, { maxLength: 5 }),
        fc.func(fc.integer()),
        async (entities, edges, order) => {
          const all = [...entities, ...entities.map((it) => ({ ...it, display_name: 'a twin' }))];
          const shuffled = all
            .map((it, index) => ({ it, at: order(index) }))
            .sort((a, b) => a.at - b.at)
            .map(({ it }) => it);
          const [one, two] = [
            await collect(lines(all, edges)),
            await collect(lines([...shuffled, ...[...all].reverse()], [...edges].reverse())),
          ];
          const bare = ({ entities: e, edges: f, digest }: typeof one) => ({ e, f, digest });
          expect(bare(two)).toEqual(bare(one));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('DATA-01: ids come from the content, and are another tenant’s for another tenant', async () => {
    const one = await collect(lines([entity()], [edge()]));
    expect(one.entities[0]?.id).toBe(entityId(tenant, 'aws', '111122223333', 'role', 'arn:1'));
    expect(one.edges[0]?.row?.from).toBe(one.entities[0]?.id);
    const other = await collectGraph(parseGraph(pieces(lines([entity()]), 99), { expected: EXPECTED }), {
      ...options,
      tenant: tenantId('t-b'),
    });
    expect(other.entities[0]?.id).not.toBe(one.entities[0]?.id);
    expect(other.entities[0]?.content_hash).toBe(one.entities[0]?.content_hash);
  });

  it('keeps no row in memory that the store has already', async () => {
    const graph = await collectGraph(parseGraph(pieces(lines([entity(), entity({ native_id: 'arn:9' })]), 99), { expected: EXPECTED }), {
      ...options,
      isStored: (_kind, key) => key.startsWith(entityId(tenant, 'aws', '111122223333', 'role', 'arn:1')),
    });
    expect(graph.entities.map(({ row }) => row === null).sort()).toEqual([false, true]);
  });
});

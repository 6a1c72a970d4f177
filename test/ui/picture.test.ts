import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edge } from '../../domain/graph/types.ts';
import type { Proof } from '../../domain/views/types.ts';
import { NODE_HEIGHT, NODE_WIDTH, place } from '../../ui/picture/layout.ts';
import { pictureOf } from '../../ui/picture/model.ts';
import { chain, entity, id, path } from './records.ts';

const edge = (from: string, to: string, type: Edge['type']): Edge => ({
  id: id(`${from} ${type} ${to}`),
  from,
  to,
  type,
  category: 'c',
  qualifier: null,
  props: {},
  content_hash: id('x'),
});
const proofOf = (over: Partial<Proof>): Proof => ({ entities: [], edges: [], chains: [], paths: [], truncated: false, ...over });

const [workflow, subject, role, bucket] = [
  entity('release.yml', { source_system: 'github', subtype: 'workflow' }),
  entity('repo:northwind/deploy', { source_system: 'github', subtype: 'oidc_subject' }),
  entity('github-deploy'),
  entity('customer-exports', { subtype: 's3_bucket' }),
];
const asks = edge(workflow.id, subject.id, 'CAN_REQUEST_OIDC');
const grants = edge(role.id, bucket.id, 'APPLIES_TO');
const left = chain([workflow.id, subject.id], [asks.id], { source_system: 'github' });
const right = chain([role.id, bucket.id], [grants.id]);
const joined = path({
  segments: [left.id, right.id],
  nodes: [workflow.id, subject.id, role.id, bucket.id],
  joins: [
    {
      rule: 'github_oidc_to_aws',
      left: { entity: subject.id, key: 'oidc_subject', value: 'a|b' },
      right: { entity: role.id, key: 'oidc_trust', value: 'a|b' },
    },
  ],
});
const story = proofOf({ entities: [workflow, subject, role, bucket], edges: [asks, grants], chains: [left, right], paths: [joined] });

describe('the picture', () => {
  it('DATA-07: goes left to right along authority, one lane per source system, the join marked with rule and key', () => {
    const picture = place(pictureOf(story));
    expect(picture.lanes.map(({ name }) => name)).toEqual(['github', 'aws']);
    const x = new Map(picture.nodes.map((node) => [node.name, node.x]));
    const order = ['release.yml', 'repo:northwind/deploy', 'github-deploy', 'customer-exports'].map((name) => x.get(name) ?? Number.NaN);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    // The two sides of the join are in one column, below each other.
    expect([order[0] !== order[1], order[1] === order[2], order[2] !== order[3]]).toEqual([true, true, true]);
    expect(picture.links.map(({ kind, label, key }) => [kind, label, key])).toEqual([
      ['step', 'can request oidc', null],
      ['step', 'applies to', null],
      ['join', 'github_oidc_to_aws', 'oidc_trust'],
    ]);
    for (const node of picture.nodes) {
      const lane = picture.lanes.find(({ name }) => name === node.lane);
      expect(node.y).toBeGreaterThanOrEqual(lane?.y ?? Number.NaN);
      expect(node.y + NODE_HEIGHT).toBeLessThanOrEqual((lane?.y ?? 0) + (lane?.height ?? 0));
    }
  });

  it('draws an edge that is in no chain along its authority, whatever way its arrow points', () => {
    const trust = edge(role.id, workflow.id, 'TRUSTS');
    const picture = pictureOf(proofOf({ entities: [role, workflow], edges: [trust] }));
    expect(picture.links).toMatchObject([{ from: workflow.id, to: role.id, label: 'trusts' }]);
  });

  it('a row that is gone from the graph keeps its place and says so', () => {
    const picture = pictureOf({ ...story, entities: [workflow, role, bucket] });
    expect(picture.nodes.find(({ id: node }) => node === subject.id)).toMatchObject({ entity: null, kind: 'no longer in the graph' });
  });

  it('the same proof gives the same picture; no two nodes cover each other; cycles and crowds end', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) =>
      entity(name, { source_system: ['aws', 'github', 'entra'][index % 3] as string }),
    );
    const anyEdges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 20 });
    fc.assert(
      fc.property(anyEdges, (pairs) => {
        const edges = pairs.map(([from, to]) => edge(names[from]?.id ?? '', names[to]?.id ?? '', 'CALLS'));
        const proof = proofOf({ entities: names, edges });
        const picture = place(pictureOf(proof));
        expect(place(pictureOf(proof))).toEqual(picture);
        for (const [index, one] of picture.nodes.entries()) {
          for (const other of picture.nodes.slice(index + 1)) {
            expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT).toBe(true);
          }
        }
        for (const link of picture.links) expect(link.d).not.toContain('NaN');
      }),
      { numRuns: 40 },
    );
  });

  it('a crowd is cut, and says how many are left out', () => {
    const crowd = Array.from({ length: 90 }, (_, index) => entity(`node ${index}`));
    const picture = pictureOf(proofOf({ entities: crowd }));
    expect([picture.nodes.length, picture.left_out]).toEqual([60, 30]);
  });
});

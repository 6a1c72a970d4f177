/** Ids, names and qualifiers that act on whoever keeps or sorts them: whatever the order, the encoding and the pieces, the same rows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { digestOf } from '../../../domain/canonical.ts';
import { collectGraph } from '../../../domain/graph/collect.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { parseGraph } from '../../../domain/graph/parse.ts';
import { tenantId } from '../../../domain/ids.ts';
import { ACCOUNT, type AnyRecord, appliesTo, bucket, bytesOf, jsonLines, oneDocument, role } from '../../storage/graphs.ts';
import { HOSTILE_NAMES } from '../../support/hostile-names.ts';

const tenant = tenantId('t-hostile');
const NAMES = HOSTILE_NAMES.filter((name) => name.length < 1_000);
const RECORDS: readonly AnyRecord[] = NAMES.flatMap((name) => {
  const from = { ...role('r'), native_id: name, display_name: name };
  const to = { ...bucket('b'), native_id: name, display_name: name };
  // The same role twice more, with other content: one of the three is taken, always the same.
  const twins = [
    { ...from, props: { path: '/twin/' } },
    { ...from, props: { path: '/', note: name } },
  ];
  return [from, to, ...twins, appliesTo(from, to), appliesTo(from, to, name)];
});

async function rowsOf(text: string, size: number) {
  const expected = { source_system: 'aws', source_tenant: ACCOUNT, categories: ['iam_roles', 's3_buckets'] };
  const graph = parseGraph(bytesOf(text, size), { expected });
  const { digest, entities, edges } = await collectGraph(graph, { tenant, isStored: () => false, onRecord: () => undefined });
  const rows = {
    entities: entities.flatMap(({ row }) => (row === null ? [] : [row])),
    edges: edges.flatMap(({ row }) => (row === null ? [] : [row])),
  };
  const chains = buildChains(indexGraph({ tenant_id: tenant, revision: digest, coverage: [], ...rows }));
  return { digest, entities: rows.entities.length, edges: rows.edges.length, derived: digestOf(JSON.parse(JSON.stringify(chains))) };
}

it('DATA-02, DATA-06: hostile ids in any order, doubled, in either encoding and cut anywhere give the same bytes, and none is lost', async () => {
  const expected = await rowsOf(jsonLines(RECORDS), 65_536);
  expect(expected).toMatchObject({ entities: 2 * NAMES.length, edges: 2 * NAMES.length });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...RECORDS], { minLength: RECORDS.length }),
      fc.boolean(),
      fc.integer({ min: 1, max: 3_000 }),
      async (shuffled, lines, size) => {
        const text = lines ? jsonLines([...shuffled, ...shuffled.slice(0, 9)]) : oneDocument(shuffled);
        expect(await rowsOf(text, size)).toEqual(expected);
      },
    ),
    { numRuns: 15 },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/canonical.ts';
import { inDigestOrder, newestFirst } from '../../../storage/views/windows.ts';
import { NOW } from '../../ui/records.ts';

interface Row {
  readonly at: Date;
  readonly id: string;
}
const newest = (a: Row, b: Row): number => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** A collection that answers ranges as MongoDB would, and counts what it walked. */
function collection(rows: readonly Row[]) {
  const walked = { rows: 0, queries: 0 };
  return {
    walked,
    page: (limit: number, after?: { at: string; id: string }, floor?: Date) =>
      newestFirst<Row>({
        fetch: async (at, idBefore, most) => {
          const matched = rows
            .filter(
              (row) =>
                (at instanceof Date ? row.at.getTime() === at.getTime() : row.at > at.$gt && (at.$lt === undefined || row.at < at.$lt)) &&
                (idBefore === null || row.id < idBefore),
            )
            .sort(newest);
          walked.rows += matched.length;
          walked.queries += 1;
          return matched.slice(0, most);
        },
        limit,
        now: NOW,
        ...(after === undefined ? {} : { after }),
        ...(floor === undefined ? {} : { floor }),
      }),
  };
}

describe('newest first', () => {
  // Ties in abundance, far past, and clocks that are ahead.
  const anyRows = fc
    .array(fc.constantFrom(-5, 0, 1, 9, 10, 11, 300, 5000, 400_000, 20_000_000, 29_000_000), { maxLength: 40 })
    .map((minutes) =>
      minutes.map((minute, index) => ({ at: new Date(NOW.getTime() - minute * 60_000), id: `id${String(index).padStart(3, '0')}` })),
    );

  it('pages go through every row once, in order, whatever the ties and gaps', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.integer({ min: 1, max: 7 }), async (rows, limit) => {
        const seen: Row[] = [];
        let after: { at: string; id: string } | undefined;
        for (;;) {
          const page = await collection(rows).page(limit, after);
          seen.push(...page);
          const last = page.at(-1);
          if (last === undefined) break;
          after = { at: last.at.toISOString(), id: last.id };
        }
        expect(seen).toEqual([...rows].sort(newest));
      }),
    );
  });

  it('a page walks about what it shows, not what is there, and asks six times at most', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ at: new Date(NOW.getTime() - index * 60_000), id: `id${index}` }));
    const dense = collection(rows);
    expect(await dense.page(26)).toHaveLength(26);
    expect(dense.walked.rows).toBeLessThan(500);
    const empty = collection([]);
    await empty.page(26);
    expect(empty.walked.queries).toBeLessThanOrEqual(6);
  });

  it('a floor ends the search', async () => {
    const rows = [1, 5, 100, 5000].map((minute) => ({ at: new Date(NOW.getTime() - minute * 60_000), id: `id${minute}` }));
    expect((await collection(rows).page(10, undefined, new Date(NOW.getTime() - 200 * 60_000))).map(({ id }) => id)).toEqual([
      'id1',
      'id5',
      'id100',
    ]);
  });
});

describe('in digest order', () => {
  const over =
    (ids: readonly string[], walked = { rows: 0 }) =>
    (limit: number, after?: string) =>
      inDigestOrder<string>(
        async (range, most) => {
          const matched = ids
            .filter(
              (id) =>
                (range.$gt === undefined || id > range.$gt) &&
                (range.$gte === undefined || id >= range.$gte) &&
                (range.$lt === undefined || id < range.$lt),
            )
            .sort();
          walked.rows += matched.length;
          return matched.slice(0, most);
        },
        limit,
        after,
      );

  it('pages go through every id once, in order, also at the ends of the space', async () => {
    const anyId = fc.oneof(
      fc.nat(10_000).map((number) => sha256(String(number))),
      fc.constantFrom(
        '0'.repeat(64),
        'f'.repeat(64),
        `${'f'.repeat(8)}${'0'.repeat(56)}`,
        `000fffff${'f'.repeat(56)}`,
        `00100000${'0'.repeat(56)}`,
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyId, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (ids, limit) => {
        const page = over(ids);
        const seen: string[] = [];
        for (;;) {
          const rows = await page(limit, seen.at(-1));
          if (rows.length === 0) break;
          seen.push(...rows);
        }
        expect(seen).toEqual([...ids].sort());
      }),
    );
  });

  it('a page walks about what it shows', async () => {
    const walked = { rows: 0 };
    const page = over(
      Array.from({ length: 50_000 }, (_, number) => sha256(String(number))),
      walked,
    );
    expect(await page(51)).toHaveLength(51);
    expect(walked.rows).toBeLessThan(1000);
  });
});

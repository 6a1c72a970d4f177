import { describe, expect, it } from 'vitest';
import { collect, iamMarker, pages } from '../../../connectors/aws/client/pages.ts';

interface Page {
  readonly items: readonly number[];
  readonly IsTruncated?: boolean;
  readonly Marker?: string;
}

const read = (answers: readonly Page[]): Promise<number[]> => {
  let next = 0;
  const source = pages(async () => answers[next++] as Page, iamMarker, 'iam:ListUsers');
  return collect(source, (page) => page.items);
};

describe('DATA-03: a listing of IAM', () => {
  it('goes on over short and empty pages', async () => {
    const answers = [{ items: [1], IsTruncated: true, Marker: 'a' }, { items: [], IsTruncated: true, Marker: 'b' }, { items: [2] }];
    expect(await read(answers)).toEqual([1, 2]);
  });

  it('ends where it says so, whatever marker is beside it', async () => {
    expect(await read([{ items: [1], IsTruncated: false, Marker: 'a' }])).toEqual([1]);
  });

  it.each([[undefined], ['']])('is not complete when there is more and no marker (%j)', async (Marker) => {
    const page = { items: [1], IsTruncated: true, ...(Marker === undefined ? {} : { Marker }) };
    await expect(read([page])).rejects.toMatchObject({ code: 'AWS_UNEXPECTED', class: 'persistent' });
  });

  it('is not complete when it goes in a circle', async () => {
    const page = { items: [1], IsTruncated: true, Marker: 'a' };
    await expect(read([page, page])).rejects.toMatchObject({ code: 'AWS_PAGING_LOOP', class: 'transient' });
  });
});

/** Follows markers until there is none. A page may be short, or empty and still have a next marker. */
import { SourceError } from '../../sdk/types.ts';

export async function* pages<Page>(
  read: (marker: string | undefined) => Promise<Page>,
  next: (page: Page) => string | undefined,
  permission: string,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const page = await read(marker);
    yield page;
    marker = next(page) || undefined;
    if (marker !== undefined && seen.has(marker)) {
      const facts = { code: 'AWS_PAGING_LOOP', class: 'transient', actor: 'nobody', subject: permission } as const;
      throw new SourceError(`AWS gave the same marker twice for ${permission}`, facts);
    }
    if (marker !== undefined) seen.add(marker);
  } while (marker !== undefined);
}

export async function collect<Page, Item>(
  source: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of source) for (const item of items(page) ?? []) all.push(item);
  return all;
}

/** IAM's way to say that there is more. To say so without saying where is not the end: what is missing would count as removed. */
export function iamMarker(page: { IsTruncated?: boolean | undefined; Marker?: string | undefined }): string | undefined {
  if (page.IsTruncated !== true) return undefined;
  if (page.Marker) return page.Marker;
  const facts = { code: 'AWS_UNEXPECTED', class: 'persistent', actor: 'engineer' } as const;
  throw new SourceError('AWS says that there is more and not where it goes on', facts);
}

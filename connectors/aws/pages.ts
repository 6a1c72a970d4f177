/** Follows markers until there is none. A page may be short, or empty and still have a next marker. */
import { SourceError } from '../sdk/types.ts';

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
      throw new SourceError(`AWS gave the same marker twice for ${permission}`, {
        code: 'AWS_PAGING_LOOP', class: 'transient', actor: 'nobody', subject: permission,
      });
    }
    if (marker !== undefined) seen.add(marker);
  } while (marker !== undefined);
}

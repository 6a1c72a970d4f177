/** What the lists of the API have in common: filters from the address, one page from a cursor on, and the cursor of the next. */
import type { z } from 'zod';
import type { Page, PageRequest } from '../domain/views/types.ts';
import { type CursorFilter, cursorCodec } from './cursor.ts';
import { DEFAULT_LIMIT } from './schemas/common.ts';

/** What was given of what may be left out: the views' filters have no field that is undefined. */
type Given<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> };

interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly tenant_id?: string;
}

/** `name` tells this list's cursors from another's; they are bound to the tenant and to every filter, too. */
export function listing<P>(name: string, position: z.ZodType<P>) {
  const cursors = cursorCodec(name, position);
  return async <Query extends PageQuery, Row, Resource>(
    query: Query,
    read: (filter: Given<Omit<Query, keyof PageQuery>>, request: PageRequest<P>) => Promise<Page<Row, P>>,
    resource: (row: Row) => Resource,
  ): Promise<{ readonly items: Resource[]; readonly next_cursor: string | null }> => {
    const { limit = DEFAULT_LIMIT, cursor, tenant_id, ...rest } = query;
    const filter = given(rest);
    const bound = { ...filter, tenant_id } as CursorFilter;
    const after = cursor === undefined ? {} : { after: cursors.decode(bound, cursor) };
    const { items, next } = await read(filter, { limit, ...after });
    return { items: items.map(resource), next_cursor: next === null ? null : cursors.encode(bound, next) };
  };
}

const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;

/** What the routes share that write rows which people edit. */
import { InvalidInputError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { EditOf } from '../administration.ts';
import { HttpRefusal } from '../problems.ts';
import { z } from './common.ts';

export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .regex(/^"\d{1,15}"$/, 'the etag of the row that the edit is based on, with its quotation marks')
    .optional()
    .openapi({
      // Who leaves it out is told so by a status of its own.
      param: { required: true },
      description: 'The `etag` of the row that the edit is based on. Without it the edit is refused (428), with an older one too (412).',
    }),
});

export const etagOf = (row: { readonly version: number }): Readonly<Record<'etag', string>> => ({ etag: `"${row.version}"` });

/** @throws HttpRefusal 428 */
export function editOf(header: z.output<typeof ifMatchHeader>, query: { readonly tenant_id?: TenantId | undefined }, by: string): EditOf {
  const match = header['if-match'];
  if (match === undefined)
    throw new HttpRefusal(428, 'IF_MATCH_REQUIRED', 'say in If-Match which version of the row this edit is based on');
  return { tenant_hint: query.tenant_id ?? null, version: Number(match.slice(1, -1)), by };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A partial edit without the fields that were left out. */
export const present = <T extends object>(edit: T): Present<T> =>
  Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)) as Present<T>;

/** The administration names fields as they are in its input; for a client they are in the body. */
export async function inBody<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map(({ field, expected }) => ({ field: `body.${field}`, expected }));
    throw new InvalidInputError(error.message, { code: error.code, actor: error.actor, ...problems[0], problems });
  }
}

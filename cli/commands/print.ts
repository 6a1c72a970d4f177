/** What commands that show rows share. */
import { InvalidInputError } from '../../domain/errors.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import type { Storage } from '../compose/storage.ts';

export function print(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
}

/** Control characters act on a terminal and direction marks on what is read there; long names hide what follows. */
// oxlint-disable-next-line no-control-regex -- they are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name out of somebody else's system, safe to show on a terminal. */
export function printable(text: string, most = 200): string {
  const safe = text.toWellFormed().replaceAll(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > most ? `${safe.slice(0, most).toWellFormed()}…` : safe;
}

/** One tenant that must be there, or all of them in the order of their ids. */
export async function* eachTenant({ tenants }: Pick<Storage, 'tenants'>, only: string | undefined): AsyncIterable<TenantId> {
  if (only !== undefined) {
    yield (await tenants.get(tenantId(only)))._id;
    return;
  }
  let after: TenantId | undefined;
  for (;;) {
    const page = await tenants.list({ limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const tenant of page) yield tenant._id;
    after = page.at(-1)?._id;
    if (after === undefined) return;
  }
}

/** @throws InvalidInputError `INVALID_LIMIT` */
export function limitOf(text: string, most: number): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    const expected = `a number from 1 to ${most}`;
    throw new InvalidInputError('the limit is not valid', { code: 'INVALID_LIMIT', field: '--limit', expected });
  }
  return limit;
}

/** What commands that show rows share. */
import { type TenantId, tenantId } from '../../domain/ids.ts';
import type { Storage } from '../compose/storage.ts';

export function print(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
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

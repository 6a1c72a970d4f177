/** Commands may name a row and not its tenant; every read of the API names the tenant (API-05). */
import type { OwnedKind } from '../../api/ports.ts';
import { answer, items } from '../client/answers.ts';
import type { ApiClient } from '../client/index.ts';

export async function tenantOf(api: ApiClient, kind: OwnedKind, id: string): Promise<{ readonly tenant_id: string }> {
  return await answer(api.GET('/api/v1/tenants/owner/{kind}/{id}', { params: { path: { kind, id } } }));
}

/** One tenant that must be there, or all of them in the order of their ids. */
export async function* eachTenant(api: ApiClient, only: string | undefined): AsyncGenerator<string> {
  if (only !== undefined) {
    yield (await answer(api.GET('/api/v1/tenants/{id}', { params: { path: { id: only } } }))).id;
    return;
  }
  const page = (cursor: { readonly cursor?: string }) =>
    answer(api.GET('/api/v1/tenants', { params: { query: { limit: 200, ...cursor } } }));
  for await (const { id } of items(page)) yield id;
}

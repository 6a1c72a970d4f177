import type { Context } from 'hono';
import type { Option } from '../../ui/components/form.tsx';
import type { PageFrame, Section } from '../../ui/components/layout.tsx';
import { httpLink } from '../../ui/links.ts';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';

/** `c` tells who is looking: the frame says so, and offers to sign out of a session. */
export const frameOf = (deps: AppDeps, c: Context<AppEnv>, title: string, section: Section): PageFrame => ({
  title,
  section,
  user: c.var.caller.user_id,
  signed_in: c.var.caller.by === 'session',
  store_key_kept: deps.storeKeyKept ?? false,
  temporal: httpLink(deps.temporalUi?.url ?? null),
});

export const PAGE_SIZE = 25;

/** Tenants that are offered while one types; any other id can be typed in. */
const OFFERED_TENANTS = 100;

export async function offeredTenants(deps: AppDeps): Promise<readonly Option[]> {
  const { items } = await deps.views.operator.tenants({ status: 'active' }, { limit: OFFERED_TENANTS });
  return items.map((tenant) => ({ value: tenant._id, label: tenant.name }));
}

/** Who may do what (API-04, UI-05, GATE-07): everything is for super-admins; the deploy gate's role opens one route and no other. */
import type { MiddlewareHandler } from 'hono';
import type { CallerSource, Role } from '../caller.ts';
import type { AppEnv } from '../context.ts';
import { HttpRefusal } from '../problems.ts';
import { refuseWithoutBrowserProof } from './origin.ts';

/** `METHOD path` → a role beside super-admin that may. Exact: what is not here is for super-admins. */
const ALSO_OPEN_TO: Readonly<Record<string, Role>> = { 'POST /api/v1/admin/rematerialize': 'deploy_gate' };

export function requireRole(callers: CallerSource): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const caller = await callers.callerOf(c.req.raw);
    if (caller === null) throw new HttpRefusal(401, 'NOT_SIGNED_IN', 'the request proves no identity');
    const also = ALSO_OPEN_TO[`${c.req.method} ${c.req.path}`];
    if (!caller.roles.includes('super_admin') && (also === undefined || !caller.roles.includes(also)))
      throw new HttpRefusal(403, 'ROLE_REFUSED', 'this needs the super-admin role');
    // A cookie is sent by the browser whoever made the request: a write must show that our own page did.
    if (caller.by === 'session') refuseWithoutBrowserProof(c);
    c.set('caller', caller);
    await next();
  };
}

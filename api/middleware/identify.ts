import type { MiddlewareHandler } from 'hono';
import type { CallerSource } from '../caller.ts';
import type { AppEnv } from '../context.ts';
import { HttpRefusal } from '../problems.ts';

/** UI-05, API-04: everything but health and the static files is for super-admins, for now. */
export function requireSuperAdmin(callers: CallerSource): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const caller = await callers.callerOf(c.req.raw);
    if (caller === null) throw new HttpRefusal(401, 'NOT_SIGNED_IN', 'the request proves no identity');
    if (!caller.roles.includes('super_admin')) throw new HttpRefusal(403, 'ROLE_REFUSED', 'this needs the super-admin role');
    c.set('caller', caller);
    await next();
  };
}

import type { Context } from 'hono';
import type { AppDeps } from './deps.ts';

/**
 * The address that goes to a customer. Behind a proxy that ends TLS a request does not know how browsers reach us, and a link by plain http could be
 * answered by whoever is on the way; so what `SV0_PUBLIC_URL` says counts.
 */
export const intakeLink = ({ publicOrigin }: Pick<AppDeps, 'publicOrigin'>, c: Context, token: string): string =>
  `${publicOrigin ?? new URL(c.req.url).origin}/intake#${token}`;

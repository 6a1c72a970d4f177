/** Host check (API-07): a page of another site whose name was rebound to our address still sends its own name here. */
import type { MiddlewareHandler } from 'hono';
import { isLoopbackHost } from '../loopback.ts';
import { HttpRefusal } from '../problems.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/;

export function checkHost(hosts: readonly string[]): MiddlewareHandler {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return async (c, next) => {
    // Without a socket (tests, workers) the address itself is the host.
    const host = (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase();
    const name = HOST.exec(host)?.[1];
    if (name === undefined || !(isLoopbackHost(name) || known.has(name))) {
      throw new HttpRefusal(421, 'HOST_REFUSED', 'this server does not answer to that host name');
    }
    await next();
  };
}

/**
 * Whose request it is, as an address. `X-Forwarded-For` is anyone's to write, so it counts only as far as proxies of our own wrote it: from its
 * right end, where each proxy adds the address that it was asked from, to the first address that is none of them. What stands to the left of
 * that one is what the stranger himself sent.
 */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { addressOf, isIn, limitedAs, type Network } from '../network.ts';

export function clientAddress(proxies: readonly Network[]): (c: Context) => string {
  return (c) => {
    let asker = addressOf(peerOf(c) ?? '');
    if (asker === null) return 'unknown';
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',');
    while (isIn(proxies, asker)) {
      const hop = hops.pop();
      const before = hop === undefined ? null : addressOf(withoutPort(hop.trim()));
      // Nothing, or no address: then nobody can be told from the others who come through this proxy.
      if (before === null) break;
      asker = before;
    }
    return limitedAs(asker);
  };
}

/** Without a socket (tests) there is none. */
function peerOf(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address;
  } catch {
    return undefined;
  }
}

/** Some proxies (Azure Application Gateway) write the port too: `192.0.2.1:50000`, `[2001:db8::1]:50000`. */
const withoutPort = (hop: string): string => /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1');

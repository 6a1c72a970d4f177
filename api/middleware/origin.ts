/**
 * Writes from browsers: the request must come from our own pages. Browsers send `Sec-Fetch-Site` and, on every POST, `Origin`;
 * a client that is no browser sends neither and is known by its caller identity alone.
 * (Fetch standard, "Origin header" and "Sec-Fetch-Site"; with the referrer policy `no-referrer` a form's Origin would be `null`, so ours is `same-origin`.)
 */
import type { Context, MiddlewareHandler } from 'hono';
import { HttpRefusal } from '../problems.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function checkOrigin(): MiddlewareHandler {
  return async (c, next) => {
    if (!SAFE.has(c.req.method)) {
      const site = c.req.header('sec-fetch-site');
      const origin = c.req.header('origin');
      const host = c.req.header('host') ?? new URL(c.req.url).host;
      if (site !== undefined && site !== 'same-origin') refuse();
      if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) refuse();
    }
    await next();
  };
}

/** The forms of our pages are only ever posted by a browser, so one of the two headers must be there. */
export function requireBrowserProof(): MiddlewareHandler {
  return async (c, next) => {
    refuseWithoutBrowserProof(c);
    await next();
  };
}

export function refuseWithoutBrowserProof(c: Context): void {
  if (!SAFE.has(c.req.method) && c.req.header('sec-fetch-site') === undefined && c.req.header('origin') === undefined) refuse();
}

function refuse(): never {
  throw new HttpRefusal(403, 'ORIGIN_REFUSED', 'a write must come from this server’s own pages');
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return null;
  }
}

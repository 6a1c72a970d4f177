/** Rate limits, in this process: per caller once known, and per address for those who prove nothing. A limit is a 429 that says when to come back. */
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { AppEnv } from '../context.ts';
import { HttpRefusal } from '../problems.ts';

export interface RateLimits {
  /** Requests per minute and caller. */
  readonly reads: number;
  readonly writes: number;
  /** Requests without an accepted identity, sign-ins included, per minute and address. */
  readonly strangers: number;
}

export const DEFAULT_RATES: RateLimits = { reads: 1_200, writes: 300, strangers: 120 };
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface RateGuards {
  /** After the identity. */
  readonly callers: MiddlewareHandler<AppEnv>;
  /** Around everything: routes that need no identity, and whatever came back as 401. Whoever proves an identity is not touched by it. */
  readonly strangers: MiddlewareHandler<AppEnv>;
}

/** @param addressOf whose request it is (`client-address.ts`) */
export function rateGuards({ reads, writes, strangers }: RateLimits, addressOf: (c: Context) => string): RateGuards {
  const minute = (points: number): RateLimiterMemory => new RateLimiterMemory({ points, duration: 60 });
  const [read, write, strange] = [minute(reads), minute(writes), minute(strangers)];
  return {
    callers: async (c, next) => {
      await take(SAFE.has(c.req.method) ? read : write, c.var.caller.user_id);
      await next();
    },
    strangers: async (c, next) => {
      const open = c.req.path.startsWith('/sign-in') || c.req.path.startsWith('/intake');
      if (open) await take(strange, addressOf(c));
      await next();
      // Only now: many people may share an address, and a stranger among them must not shut out those who are known.
      if (!open && c.res.status === 401) await take(strange, addressOf(c));
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    throw error instanceof RateLimiterRes ? tooMany(error) : error;
  }
}

const tooMany = ({ msBeforeNext }: RateLimiterRes): HttpRefusal =>
  new HttpRefusal(429, 'TOO_MANY_REQUESTS', 'too many requests in a minute', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
  });

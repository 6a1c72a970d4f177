/** Rate limits and passing failures of the emulated instance; every kind is counted. */
import type { ServicenowNastiness } from './options.ts';
import { Refusal } from './refusal.ts';

/** Requests that were already under way when a refusal was sent are nobody's impatience. */
const UNDER_WAY_MS = 50;

export class Limits {
  readonly #nasty: ServicenowNastiness;
  readonly #count: (what: string) => void;
  #requests = 0;
  #failures = 0;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #throttledUntil = 0;
  #penaltyMs = 0;

  constructor(nasty: ServicenowNastiness, count: (what: string) => void) {
    this.#nasty = nasty;
    this.#count = count;
  }

  /** Throws a refusal, or lets the request pass. */
  before(): void {
    this.#throttle(performance.now());
    this.#requests += 1;
    const burst = this.#nasty.serverErrors;
    if (burst !== undefined && this.#requests >= burst.from && this.#failures < burst.count) {
      this.#failures += 1;
      this.#count('server_errors');
      throw new Refusal(503, 'Service Unavailable');
    }
  }

  #throttle(now: number): void {
    const throttle = this.#nasty.throttle;
    if (throttle === undefined) return;
    if (now < this.#throttledUntil) {
      if (now >= this.#throttledAt + UNDER_WAY_MS) {
        this.#count('too_early');
        this.#penaltyMs *= 2;
        this.#throttledUntil = now + this.#penaltyMs;
      }
      throw tooMany(this.#throttledUntil - now);
    }
    if ((this.#requests + 1) % throttle.every === 0) {
      this.#requests += 1;
      this.#count('throttled');
      this.#penaltyMs = throttle.forMs;
      this.#throttledAt = now;
      this.#throttledUntil = now + throttle.forMs;
      throw tooMany(throttle.forMs);
    }
  }
}

function tooMany(waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refusal(429, 'Rate limit exceeded', null, {
    'retry-after': String(seconds),
    'x-ratelimit-limit': '500',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
    'x-ratelimit-rule': 'Table API for integrations',
  });
}

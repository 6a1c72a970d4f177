/** When the emulated Graph says no, although nothing is wrong with the question. Every kind is counted. */
import type { EntraNastiness } from './options.ts';
import { GraphRefusal } from './schema.ts';

export type Count = (what: string) => void;

const UNDER_WAY_MS = 50;

export class Nastiness {
  readonly #options: EntraNastiness;
  readonly #count: Count;
  #requests = 0;
  #failures = 0;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #throttledUntil = 0;
  #penaltyMs = 0;
  #keyRequests: number[] = [];

  constructor(options: EntraNastiness, count: Count) {
    this.#options = options;
    this.#count = count;
  }

  /** Throws a refusal, or lets the request pass. `select` is the query's own. */
  before(select: string | null): void {
    const now = performance.now();
    this.#throttle(now);
    this.#requests += 1;
    this.#serverError();
    if (select?.split(',').includes('keyCredentials') === true) this.#keyCredentials(now);
  }

  #throttle(now: number): void {
    const throttle = this.#options.throttle;
    if (throttle === undefined) return;
    if (now < this.#throttledUntil) {
      // Already under way when the refusal was sent: refused too, but nobody's impatience.
      if (now < this.#throttledAt + UNDER_WAY_MS) throw tooManyRequests(throttle.sayWhen ? this.#throttledUntil - now : null);
      this.#count('too_early');
      this.#penaltyMs *= 2;
      this.#refuse(now, throttle.sayWhen);
    }
    if ((this.#requests + 1) % throttle.every === 0) {
      // The request that comes back is the next one, and passes.
      this.#requests += 1;
      this.#penaltyMs = throttle.forMs;
      this.#count(throttle.sayWhen ? 'throttled' : 'throttled_without_retry_after');
      this.#refuse(now, throttle.sayWhen);
    }
  }

  #refuse(now: number, sayWhen: boolean): never {
    this.#throttledAt = now;
    this.#throttledUntil = now + this.#penaltyMs;
    throw tooManyRequests(sayWhen ? this.#penaltyMs : null);
  }

  #serverError(): void {
    const burst = this.#options.serverErrors;
    if (burst === undefined || this.#requests < burst.from || this.#failures >= burst.count) return;
    this.#failures += 1;
    this.#count('server_errors');
    throw new GraphRefusal(503, 'serviceNotAvailable', 'The service is temporarily unavailable.');
  }

  #keyCredentials(now: number): void {
    const { requests, windowMs } = this.#options.keyCredentials ?? { requests: 150, windowMs: 60_000 };
    this.#count('key_credential_requests');
    this.#keyRequests = this.#keyRequests.filter((at) => at > now - windowMs);
    if (this.#keyRequests.length >= requests) {
      this.#count('key_credentials_throttled');
      throw tooManyRequests((this.#keyRequests[0] ?? now) + windowMs - now);
    }
    this.#keyRequests.push(now);
  }
}

function tooManyRequests(waitMs: number | null): GraphRefusal {
  const headers = waitMs === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
  return new GraphRefusal(429, 'TooManyRequests', 'Too many requests.', headers);
}

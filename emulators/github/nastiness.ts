/** What makes a client's life hard. Each kind has a counter, so that a test can tell that it happened. */
import type { GithubNastiness } from './options.ts';

export interface Trouble {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The connection ends without an answer. */
  readonly cut?: true;
}

/** Requests that were under way when a limit was hit are no sin: they arrive in this time. */
const UNDER_WAY_MS = 150;

export class Nastiness {
  readonly #options: GithubNastiness;
  readonly #counters: Record<string, number>;
  #requests = 0;
  #throttles = 0;
  #failing = 0;
  #blockedSince = 0;
  #blockedUntil = 0;
  #suspended = false;

  constructor(options: GithubNastiness, counters: Record<string, number>) {
    this.#options = options;
    this.#counters = counters;
  }

  /** Null when the request may be answered. */
  trouble(): Trouble | null {
    this.#requests += 1;
    return this.#limit(Date.now()) ?? this.#failure();
  }

  expired(): boolean {
    const after = this.#options.expireAfterRequests;
    return after !== undefined && this.#requests > after;
  }

  #limit(now: number): Trouble | null {
    const { throttle } = this.#options;
    if (throttle === undefined) return null;
    if (this.#suspended) return { status: 403, body: { message: 'This account is suspended. Contact support.' }, headers: {} };
    if (now < this.#blockedUntil) {
      if (now - this.#blockedSince > UNDER_WAY_MS) {
        this.#count('came_back_early');
        this.#suspended = true;
      }
      return this.#throttled();
    }
    if (this.#throttles >= throttle.times || this.#requests % throttle.everyRequests !== 0) return null;
    this.#throttles += 1;
    this.#blockedSince = now;
    this.#blockedUntil = now + throttle.seconds * 1000;
    this.#count('throttled');
    return this.#throttled();
  }

  #throttled(): Trouble {
    const { status = 429, say = 'nothing' } = this.#options.throttle ?? {};
    const seconds = Math.max(0, this.#blockedUntil - Date.now()) / 1000;
    const headers: Record<string, string> =
      say === 'retry-after'
        ? { 'retry-after': String(Math.ceil(seconds)) }
        : say === 'reset'
          ? { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(this.#blockedUntil / 1000)) }
          : {};
    return {
      status,
      headers,
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
    };
  }

  #failure(): Trouble | null {
    const { failures } = this.#options;
    if (failures === undefined) return null;
    if (this.#failing === 0 && this.#requests % failures.everyRequests === 0) this.#failing = failures.burst;
    if (this.#failing === 0) return null;
    this.#failing -= 1;
    this.#count('failures');
    const status = [502, 503, 500, 0][(this.#counters['failures'] ?? 0) % 4] ?? 502;
    return { status, body: '<html>Unicorn!</html>', headers: {}, ...(status === 0 ? { cut: true } : {}) };
  }

  #count(name: string): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + 1;
  }
}

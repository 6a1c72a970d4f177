/**
 * At most `requests` in any `windowMs`. Selecting `keyCredentials` is limited to 150 requests a minute for the whole tenant (Graph, "List
 * applications"), and the tenant's own tools want some of them: we stay well below instead of waiting to be throttled.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface PaceLimit {
  readonly requests: number;
  readonly windowMs: number;
}

export const KEY_CREDENTIALS_PACE: PaceLimit = { requests: 100, windowMs: 60_000 };

export class Pace {
  readonly #limit: PaceLimit;
  readonly #sent: number[] = [];
  constructor(limit: PaceLimit) {
    this.#limit = limit;
  }
  /** Resolves when the next request may go. Rejects with the signal's reason. */
  async turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      while (this.#sent.length > 0 && (this.#sent[0] as number) <= now - this.#limit.windowMs) this.#sent.shift();
      if (this.#sent.length < this.#limit.requests) {
        this.#sent.push(now);
        return;
      }
      await sleep((this.#sent[0] as number) + this.#limit.windowMs - now + 1, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

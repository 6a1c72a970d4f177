/** When to come back: the policy of a client, and the pause that all of its requests share. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryPolicy {
  /** Sends of one request that end in a network error, a time-out or a passing 5xx, before that is the result. */
  readonly attempts: number;
  /** Wait before the second send; doubled each time, at most `maxDelayMs`, unless the answer says how long. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Least wait after a throttle that does not say how long (GitHub asks for a minute). */
  readonly throttleFloorMs: number;
  /** Throttles of one request before that is the result. */
  readonly throttleAttempts: number;
  /** What one request may wait in all. A wait that would pass this, or the deadline, is not begun: the failure is reported at once. */
  readonly maxWaitMs: number;
  /** A 401 to a credential younger than this is retried after `freshDelayMs`: a token just minted is not known everywhere yet. 0: never. */
  readonly freshCredentialMs: number;
  readonly freshDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  throttleFloorMs: 60_000,
  throttleAttempts: 10,
  maxWaitMs: 15 * 60_000,
  freshCredentialMs: 0,
  freshDelayMs: 1_000,
};

export const backoffMs = (policy: RetryPolicy, attempt: number): number =>
  Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt, 20));

/** Time, so that tests can prove a wait of a minute without one. `sleep` rejects when aborted. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** A throttle is about the credential, not about one request: nobody sends before it is over, or the source takes it as abuse. */
export class SharedPause {
  #until = 0;
  readonly #clock: Clock;
  constructor(clock: Clock) {
    this.#clock = clock;
  }
  extend(ms: number): void {
    this.#until = Math.max(this.#until, this.#clock.now() + ms);
  }
  remaining(): number {
    return Math.max(0, this.#until - this.#clock.now());
  }
}

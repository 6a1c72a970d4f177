/** How the emulated AWS misbehaves on purpose. Everything is counted, so that a test can prove that it happened. */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { AwsRefusal } from './refusal.ts';

export interface AwsNastiness {
  /** Items of a full page; 100 when left out, as in IAM. */
  readonly pageSize?: number;
  /** Pages hold fewer items than were asked for, in a fixed pattern. */
  readonly shortPages?: boolean;
  /** Before every page comes an empty one with a next marker. */
  readonly emptyPages?: boolean;
  /** Every nth request is throttled; its repetition is refused, for twice as long each time, when it comes before `forMs` are over. */
  readonly throttle?: { readonly every: number; readonly forMs: number };
  /** Every nth request fails with a 5xx, and so do the next `burst - 1` repetitions of it. */
  readonly serverErrors?: { readonly every: number; readonly burst: number };
  /** `iam:ListAccessKeys`, or in one region `lambda:ListFunctions@eu-west-1`, or of one resource `s3:GetBucketTagging@bucket`. */
  readonly deny?: readonly string[];
  /** From this request on, every one is answered with an expired token. */
  readonly expireAfter?: number;
}

export interface Call {
  readonly account: string;
  /** The permission that it needs: `lambda:ListFunctions`. */
  readonly action: string;
  readonly region: string;
  readonly resource: string;
  /** What tells one call from another; the repetition of a call has the same. */
  readonly identity: string;
}

export class Nastiness {
  readonly options: AwsNastiness;
  readonly #count: (what: string) => void;
  #requests = 0;
  readonly #throttled = new Map<string, { until: number; forMs: number }>();
  readonly #failing = new Map<string, number>();

  constructor(options: AwsNastiness, count: (what: string) => void) {
    this.options = options;
    this.#count = count;
  }

  /** Throws what the call is answered with, if not with the truth. */
  check(call: Call): void {
    const key = createHash('sha256').update(`${call.account} ${call.action} ${call.region} ${call.identity}`).digest('hex');
    this.#repetitionOfThrottled(key);
    this.#repetitionOfFailed(key);
    this.#requests += 1;
    const { expireAfter, deny = [], throttle, serverErrors } = this.options;
    if (expireAfter !== undefined && this.#requests > expireAfter) this.#refuse('expired', new AwsRefusal('ExpiredToken', 403));
    if (
      deny.some((what) => what === call.action || what === `${call.action}@${call.region}` || what === `${call.action}@${call.resource}`)
    ) {
      this.#refuse('denied', new AwsRefusal('AccessDenied', 403));
    }
    if (throttle !== undefined && this.#requests % throttle.every === 0) {
      this.#throttled.set(key, { until: performance.now() + throttle.forMs, forMs: throttle.forMs });
      this.#refuse('throttled', throttling(throttle.forMs));
    }
    if (serverErrors !== undefined && this.#requests % serverErrors.every === 0) {
      if (serverErrors.burst > 1) this.#failing.set(key, serverErrors.burst - 1);
      this.#refuse('server_errors', new AwsRefusal('InternalFailure', 503));
    }
  }

  #repetitionOfThrottled(key: string): void {
    const known = this.#throttled.get(key);
    if (known === undefined) return;
    // A timer of the client may fire a millisecond early by our clock.
    if (performance.now() >= known.until - 2) {
      this.#throttled.delete(key);
      return;
    }
    const forMs = known.forMs * 2;
    this.#throttled.set(key, { until: performance.now() + forMs, forMs });
    this.#refuse('too_early', throttling(forMs));
  }

  #repetitionOfFailed(key: string): void {
    const left = this.#failing.get(key) ?? 0;
    if (left <= 0) return;
    this.#failing.set(key, left - 1);
    this.#refuse('server_errors', new AwsRefusal('ServiceUnavailable', 503));
  }

  #refuse(counter: string, refusal: AwsRefusal): never {
    this.#count(counter);
    throw refusal;
  }
}

/** The SDKs wait for `x-amz-retry-after` (milliseconds) where a service sends it. */
const throttling = (forMs: number): AwsRefusal => new AwsRefusal('Throttling', 400, { 'x-amz-retry-after': String(forMs) });

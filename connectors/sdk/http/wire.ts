/** Sends requests of one origin: credential, throttles, retries, redirects, within the policy's bounds. */
import http from 'node:http';
import https from 'node:https';
import { SourceError } from '../types.ts';
import { type PinnedAddress, parseBaseUrl, pinAddresses } from './address.ts';
import { isPassing, malformed, networkError, offOrigin, statusError, throttled, tooLarge, unauthorized } from './errors.ts';
import { Slots } from './limit.ts';
import { BodyTooLarge, exchange, type RawAnswer } from './request.ts';
import { backoffMs, type Clock, DEFAULT_RETRY, type RetryPolicy, SharedPause, SYSTEM_CLOCK } from './retry.ts';
import type { Answer, GetOptions, Query, SourceHttpOptions } from './types.ts';
import { looksThrottled, retryAfterMs, throttleMs } from './wait.ts';

export interface Job {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly options: GetOptions;
  readonly signal: AbortSignal | undefined;
  readonly body?: string;
}

/** What one request has used up of its policy. */
interface Tally {
  failures: number;
  throttles: number;
  redirects: number;
  waited: number;
  refreshed: boolean;
}

const MAX_REDIRECTS = 3;
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 60_000;

export class Wire {
  readonly #options: SourceHttpOptions;
  readonly #base: URL;
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  readonly #pause: SharedPause;
  readonly #slots: Slots;
  readonly #agent: http.Agent;
  #addresses: Promise<readonly PinnedAddress[]> | null = null;
  /** The newest credential and when it was first sent, and whether any was ever accepted. */
  #credential: { readonly value: string; readonly since: number } | null = null;
  #accepted = false;

  constructor(options: SourceHttpOptions) {
    this.#options = options;
    this.#base = parseBaseUrl(options.baseUrl, options.allowPrivate === true);
    this.#policy = { ...DEFAULT_RETRY, ...options.retry };
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#pause = new SharedPause(this.#clock);
    this.#slots = new Slots(options.concurrency ?? 8);
    this.#agent = new (this.#base.protocol === 'https:' ? https.Agent : http.Agent)({ keepAlive: true });
  }

  /** Below the base URL when `path` begins with `/`, else an absolute URL, which must have the same origin. */
  address(path: string, query: Query = {}): URL {
    const below = path.startsWith('/') ? this.#base.origin + this.#base.pathname.replace(/\/+$/, '') + path : path;
    const url = this.follow(below, this.#base, 'path');
    const parts = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    // Percent-encoded blanks: not every source reads `+` as one.
    if (parts.length > 0) url.search = new URLSearchParams(parts).toString().replaceAll('+', '%20');
    return url;
  }

  follow(target: string, from: URL, what: 'redirect' | 'link' | 'path'): URL {
    const url = URL.canParse(target, from.href) ? new URL(target, from) : null;
    if (url === null || url.origin !== this.#base.origin || url.username !== '' || url.password !== '')
      throw offOrigin(what, from.pathname);
    return url;
  }

  send(job: Job): Promise<Answer> {
    return this.#slots.run(() => this.#patiently(job));
  }

  async #patiently(job: Job): Promise<Answer> {
    const tally: Tally = { failures: 0, throttles: 0, redirects: 0, waited: 0, refreshed: false };
    const subject = job.options.subject ?? job.url.pathname;
    let url = job.url;
    let replacement: string | null = null;
    for (;;) {
      await this.#pauseOver(tally, job, subject);
      const credential: string | null = replacement ?? (await this.#authorization(job));
      replacement = null;
      const sent = await this.#once(job, url, credential, subject);
      if ('code' in sent) {
        // Resolved again, and judged again: the address may be what failed.
        this.#addresses = null;
        const failure = networkError(sent.code, subject);
        if (failure.class !== 'transient' || ++tally.failures >= this.#policy.attempts) throw failure;
        await this.#retry(backoffMs(this.#policy, tally.failures - 1), sent.code, tally, job, failure);
        continue;
      }
      const { status, headers } = sent;
      const success = status >= 200 && status <= 299;
      const isThrottle = !success && this.#isThrottle(sent);
      if (success || (!isThrottle && job.options.accept?.includes(status) === true)) {
        this.#accepted ||= success && credential !== null;
        return { status, headers, url: url.href, body: parseBody(sent.body, status, subject) };
      }
      if (status === 401 && credential !== null) {
        replacement = await this.#refused(job, credential, tally, subject);
      } else if (isThrottle) {
        if (++tally.throttles > this.#policy.throttleAttempts) throw throttled(subject, status);
        const ms = throttleMs(headers, this.#clock.now(), tally.throttles - 1, this.#policy.throttleFloorMs);
        this.#pause.extend(ms);
        this.#say(job, `HTTP ${status}`, ms);
      } else if (isPassing(status)) {
        if (++tally.failures >= this.#policy.attempts) throw statusError(status, subject);
        const ms = retryAfterMs(headers, this.#clock.now()) ?? backoffMs(this.#policy, tally.failures - 1);
        await this.#retry(ms, `HTTP ${status}`, tally, job, statusError(status, subject));
      } else if (status >= 301 && status <= 308 && headers.location !== undefined && job.method === 'GET') {
        if (++tally.redirects > MAX_REDIRECTS) throw malformed('too many redirects', subject);
        url = this.follow(headers.location, url, 'redirect');
      } else if (status === 401 || (job.method === 'POST' && status === 400)) {
        throw unauthorized(subject, false, status);
      } else {
        throw statusError(status, subject);
      }
    }
  }

  /** One send; a failure below HTTP comes back as its code, an abort is thrown. */
  async #once(job: Job, url: URL, credential: string | null, subject: string): Promise<RawAnswer | { readonly code: string }> {
    const options = this.#options;
    const maxBytes = options.maxResponseBytes ?? DEFAULT_MAX_BYTES;
    try {
      this.#addresses ??= pinAddresses(this.#base, options.allowPrivate === true, options.resolver);
      return await exchange({
        method: job.method,
        url,
        headers: {
          accept: 'application/json',
          'user-agent': options.userAgent,
          ...options.headers,
          ...job.options.headers,
          ...(credential === null ? {} : { authorization: credential }),
        },
        ...(job.body === undefined ? {} : { body: job.body }),
        addresses: await this.#addresses,
        agent: this.#agent,
        timeoutMs: options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS,
        maxBytes,
        ...(job.signal === undefined ? {} : { signal: job.signal }),
      });
    } catch (error) {
      job.signal?.throwIfAborted();
      if (error instanceof BodyTooLarge) throw tooLarge(maxBytes, subject);
      if (error instanceof SourceError || !(error instanceof Error) || !('code' in error)) throw error;
      return { code: typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{0,60}$/.test(error.code) ? error.code : 'NETWORK' };
    }
  }

  async #authorization(job: Job): Promise<string | null> {
    if (job.method === 'POST' || this.#options.authorize === null) return null;
    return this.#remember(await this.#options.authorize(null));
  }

  #remember(value: string): string {
    if (this.#credential?.value !== value) this.#credential = { value, since: this.#clock.now() };
    return value;
  }

  /** After a 401: the value to go on with, or null for the same one after a moment; throws when the refusal is final. */
  async #refused(job: Job, credential: string, tally: Tally, subject: string): Promise<string | null> {
    const final = unauthorized(subject, this.#accepted, 401);
    const newest = this.#credential;
    // Another request has replaced it meanwhile: one refresh serves all.
    if (newest !== null && newest.value !== credential) return newest.value;
    if (newest !== null && this.#clock.now() - newest.since < this.#policy.freshCredentialMs) {
      await this.#retry(this.#policy.freshDelayMs, 'HTTP 401 to a fresh credential', tally, job, final);
      return null;
    }
    if (tally.refreshed || this.#options.authorize === null) throw final;
    tally.refreshed = true;
    const value = await this.#options.authorize(credential);
    if (value === credential) throw final;
    return this.#remember(value);
  }

  #isThrottle(answer: RawAnswer): boolean {
    if (looksThrottled(answer.status, answer.headers)) return true;
    if (answer.status < 400 || answer.status > 499 || this.#options.isThrottle === undefined) return false;
    return this.#options.isThrottle(answer.status, answer.headers, parsed(answer.body) ?? null);
  }

  /** Not one wait but until nobody has prolonged the pause: another request's throttle may have, meanwhile. */
  async #pauseOver(tally: Tally, job: Job, subject: string): Promise<void> {
    for (let ms = this.#pause.remaining(); ms > 0; ms = this.#pause.remaining()) await this.#wait(ms, tally, job, throttled(subject, 429));
  }

  async #retry(ms: number, why: string, tally: Tally, job: Job, giveUp: Error): Promise<void> {
    this.#say(job, why, ms);
    await this.#wait(ms, tally, job, giveUp);
  }

  async #wait(ms: number, tally: Tally, job: Job, giveUp: Error): Promise<void> {
    job.signal?.throwIfAborted();
    tally.waited += ms;
    const deadline = this.#options.deadlineAt ?? Number.POSITIVE_INFINITY;
    if (tally.waited > this.#policy.maxWaitMs || this.#clock.now() + ms >= deadline) throw giveUp;
    await this.#clock.sleep(ms, job.signal);
  }

  #say(job: Job, why: string, ms: number): void {
    this.#options.log?.(`${job.method} ${job.url.pathname}: ${why}, again in ${ms} ms`);
  }
}

function parseBody(body: Buffer, status: number, subject: string): unknown {
  if (body.length === 0) return null;
  const value = parsed(body);
  if (value !== undefined) return value;
  // An accepted 404 may well be a page of a proxy. What was found is not said: a sign-in page is somebody's text.
  if (status > 299) return null;
  throw malformed(`HTTP ${status} without valid JSON`, subject);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

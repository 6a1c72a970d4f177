/** The shapes of the source HTTP client. */
import type { Resolver } from './address.ts';
import type { Headers } from './request.ts';
import type { Clock, RetryPolicy } from './retry.ts';
import type { Authorize } from './token.ts';

export interface SourceHttpOptions {
  /** Origin and optional path prefix of the source. Everything that is asked for is below this origin. */
  readonly baseUrl: string;
  /** `null` for a source that wants none (tests). */
  readonly authorize: Authorize | null;
  readonly userAgent: string;
  /** Operator's opt-in: http, private and loopback addresses. */
  readonly allowPrivate?: boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Epoch ms; no wait is begun that would pass it. */
  readonly deadlineAt?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Default 32 MiB, after unpacking. */
  readonly maxResponseBytes?: number;
  /** Of one send. Default 60 s. */
  readonly requestTimeoutMs?: number;
  /** Requests in flight at once. Default 8. */
  readonly concurrency?: number;
  /** A throttle that status and headers do not show (GitHub's secondary limits answer 403 with a sentence). `body` is parsed JSON or null. */
  readonly isThrottle?: (status: number, headers: Headers, body: unknown) => boolean;
  readonly log?: (line: string) => void;
  readonly resolver?: Resolver;
  readonly clock?: Clock;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface GetOptions {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer here and not a failure, besides 2xx: `[404]`. */
  readonly accept?: readonly number[];
  /** What the error is about; the path, without its query, unless said. */
  readonly subject?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null for an empty body. Not checked: parse it with a schema. */
  readonly body: unknown;
  readonly url: string;
}

export interface PageOptions extends GetOptions {
  /** The items of a page's body, the body itself unless said. Anything but an array is a malformed answer, never an empty page. */
  readonly items?: (body: unknown) => unknown;
  /** The next page's address, absolute or relative, or null at the end. `Link: …; rel="next"` unless said. */
  readonly next?: (answer: Answer, items: readonly unknown[]) => string | null;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly answer: Answer;
}

export interface SourceHttp {
  /** `path` begins with `/` and is below the base URL, or is an absolute URL of the same origin. */
  get(path: string, options?: GetOptions): Promise<Answer>;
  /** All pages in order, following next links of the same origin only; a page may be empty and have a next one. */
  pages(path: string, options?: PageOptions): AsyncGenerator<Page, void, undefined>;
  /** The one POST: a token. `authorization` is this request's own header, or null. A 400 or 401 is a refused credential. */
  mint(path: string, options: MintOptions): Promise<Answer>;
  /** The same client (limits, pauses and connections shared) under another signal. */
  under(signal: AbortSignal): SourceHttp;
}

export interface MintOptions {
  readonly authorization: string | null;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly subject?: string;
}

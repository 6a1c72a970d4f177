/**
 * The HTTP client of the source connectors: reads one origin, patiently and within limits (CONN-03, CONN-05). GET only; `mint` is the one
 * POST, for a token. Every failure is a `SourceError`, except an abort, which rejects with the signal's reason.
 */
import { malformed } from './http/errors.ts';
import { parseLinks } from './http/links.ts';
import type { Answer, GetOptions, Page, PageOptions, SourceHttp, SourceHttpOptions } from './http/types.ts';
import { Wire } from './http/wire.ts';

export { SourceHttpError } from './http/errors.ts';
export { mapBounded } from './http/limit.ts';
export { parseLinks } from './http/links.ts';
export type { Headers } from './http/request.ts';
export type { RetryPolicy } from './http/retry.ts';
export { type Authorize, type MintedValue, mintedAuthorization, staticAuthorization } from './http/token.ts';
export type { Answer, GetOptions, MintOptions, Page, PageOptions, Query, SourceHttp, SourceHttpOptions } from './http/types.ts';

/** Throws a `SourceError` when `baseUrl` is not acceptable; the host's address is judged at the first request. */
export function createSourceHttp(options: SourceHttpOptions): SourceHttp {
  return view(new Wire(options), options.signal);
}

function view(wire: Wire, signal: AbortSignal | undefined): SourceHttp {
  const get = async (path: string, options: GetOptions = {}): Promise<Answer> =>
    wire.send({ method: 'GET', url: wire.address(path, options.query), options, signal });
  return {
    get,
    pages: (path, options = {}) => pages(get, wire, path, options),
    mint: async (path, options) => {
      const headers = {
        ...(options.authorization === null ? {} : { authorization: options.authorization }),
        ...(options.form !== undefined ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(options.json !== undefined ? { 'content-type': 'application/json' } : {}),
      };
      const body =
        options.form !== undefined
          ? new URLSearchParams(options.form).toString()
          : options.json === undefined
            ? ''
            : JSON.stringify(options.json);
      const subject = options.subject === undefined ? {} : { subject: options.subject };
      return wire.send({ method: 'POST', url: wire.address(path), options: { headers, ...subject }, signal, body });
    },
    under: (other) => view(wire, other),
  };
}

async function* pages(
  get: (path: string, options?: GetOptions) => Promise<Answer>,
  wire: Wire,
  path: string,
  { items: pick = (body) => body, next = nextLink, ...options }: PageOptions,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>();
  let url = wire.address(path, options.query);
  for (;;) {
    const subject = options.subject ?? url.pathname;
    // A source that sends us round in circles would otherwise be read until the deadline.
    if (seen.has(url.href)) throw malformed('its next links go in a circle', subject);
    seen.add(url.href);
    const answer = await get(url.href, { ...options, query: {} });
    if (answer.status < 200 || answer.status > 299) return yield { items: [], answer };
    const items = pick(answer.body);
    if (!Array.isArray(items)) throw malformed('a page without its list', subject);
    yield { items, answer };
    const following = next(answer, items);
    if (following === null) return;
    url = wire.follow(following, url, 'link');
  }
}

const nextLink = (answer: Answer): string | null => parseLinks(answer.headers.link).get('next') ?? null;

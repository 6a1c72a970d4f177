/** The typed client of the API: paths, parameters and answers are those of the OpenAPI document (`npm run generate:client`). */
import { setTimeout as delay } from 'node:timers/promises';
import createFetchClient, { type Client } from 'openapi-fetch';
import { TransientError } from '../../domain/errors.ts';
import type { paths } from './openapi.ts';

export interface ApiAddress {
  /** Without a path: `https://sv0.example`. */
  readonly url: string;
  readonly token: string;
  /** For tests: an application without a socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export type ApiClient = Client<paths>;

const TRIES = 4;
const MOST_WAITED_SECONDS = 60;

export function createApiClient({ url, token, fetch: send = fetch }: ApiAddress): ApiClient {
  return createFetchClient<paths>({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}` },
    // A redirect would carry the token to wherever it leads.
    redirect: 'error',
    fetch: (request) => reading(send, request, url),
  });
}

/** A read that came too often is asked again when the API says so; a write is the caller's to repeat. @throws TransientError `API_UNREACHABLE` */
async function reading(send: (request: Request) => Promise<Response>, request: Request, url: string): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(request.method === 'GET' ? request.clone() : request).catch((error: unknown) => {
      throw isNetworkError(error) ? unreachable(url) : error;
    });
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const again = request.method === 'GET' && response.status === 429 && attempt < TRIES && seconds <= MOST_WAITED_SECONDS;
    if (!again) return response;
    await response.body?.cancel();
    await delay(seconds * 1_000);
  }
}

/** `fetch` says by a TypeError that no answer came. */
const isNetworkError = (error: unknown): boolean => error instanceof TypeError;

const unreachable = (url: string): TransientError =>
  new TransientError('the API does not answer', {
    code: 'API_UNREACHABLE',
    actor: 'operator',
    expected: 'a running API: `npm start`, or `sv0 api` with its services',
    subject: url,
  });

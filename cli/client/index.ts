/** The typed client of the API: paths, parameters and answers are those of the OpenAPI document (`npm run generate:client`). */
import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './openapi.ts';

export interface ApiAddress {
  /** Without a path: `https://sv0.example`. */
  readonly url: string;
  readonly token: string;
  /** For tests: an application without a socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export type ApiClient = Client<paths>;

export function createApiClient({ url, token, fetch }: ApiAddress): ApiClient {
  return createFetchClient<paths>({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}` },
    // A redirect would carry the token to wherever it leads.
    redirect: 'error',
    ...(fetch === undefined ? {} : { fetch }),
  });
}

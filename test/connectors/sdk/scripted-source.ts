/** A source in a few lines: what it answers is scripted, what came is kept; servers are closed after each test. */
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { createSourceHttp, type SourceHttpOptions, staticAuthorization } from '../../../connectors/sdk/http.ts';
import type { Clock } from '../../../connectors/sdk/http/retry.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers the requests in turn; the last answer again and again. Counts what came. */
export async function script(...steps: RequestListener[]): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    requests.push(request);
    steps[Math.min(requests.length, steps.length) - 1]?.(request, response);
  });
  return { url, requests };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Time that only passes by waiting. */
export function fakeClock(): Clock & { waits: number[] } {
  let now = Date.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}

export const client = (baseUrl: string, options: Partial<SourceHttpOptions> = {}) =>
  createSourceHttp({
    baseUrl,
    authorize: staticAuthorization('Bearer CANARY-token'),
    userAgent: 'test',
    allowPrivate: true,
    clock: fakeClock(),
    ...options,
  });

export const failure = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await work;
  } catch (error) {
    return { ...(error as object), message: (error as Error).message, name: (error as Error).name };
  }
  throw new Error('it did not fail');
};

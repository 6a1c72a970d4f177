/** Binding (API-07): loopback only while no issuer of caller identities is configured. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerType, serve } from '@hono/node-server';
import { InvalidInputError } from '../domain/errors.ts';
import { isLoopbackHost } from './loopback.ts';
import { HttpRefusal, problemOf } from './problems.ts';

export interface ServerOptions {
  /** `bindings`: the socket's facts, from which a caller's address is known. */
  readonly app: { fetch(request: Request, bindings?: object): Response | Promise<Response> };
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** True once callers prove who they are by a token of a configured issuer (API-04). */
  readonly issuerConfigured: boolean;
  /** How the caller's configuration names these two, for error messages. */
  readonly settings?: { readonly host: string; readonly port: string };
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Stops listening, ends idle connections and, after a second, reads that are still going on (live pages, long polls); waits for writes. */
  close(): Promise<void>;
}

/** @throws InvalidInputError naming the setting: not a loopback address, or a port that is taken or not ours to take */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const settings = options.settings ?? { host: 'host', port: 'port' };
  if (!options.issuerConfigured && !isLoopbackHost(options.host)) {
    throw new InvalidInputError(`${settings.host} must be a loopback address while no token issuer is configured`, {
      code: 'BIND_REFUSED',
      field: settings.host,
      expected: 'localhost, 127.0.0.1 or ::1',
    });
  }
  // The name could be made to resolve elsewhere; the address cannot.
  const hostname = options.host === 'localhost' ? '127.0.0.1' : options.host.replaceAll(/^\[|\]$/g, '');
  const { server, port } = await listen(options, hostname, settings);
  const reads = openReads(server);
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  return { url: `http://${shown}:${port}`, port, close: () => closeServer(server, reads) };
}

function listen(
  options: ServerOptions,
  hostname: string,
  settings: { host: string; port: string },
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request, bindings) => options.app.fetch(request, bindings), hostname, port: options.port }, (info) => {
      server.off('error', onError);
      resolve({ server, port: info.port });
    });
    function onError(error: NodeJS.ErrnoException): void {
      reject(bindError(error, settings));
    }
    server.once('error', onError);
    server.on('clientError', refuseUnread);
  });
}

/** What Node's parser refuses never reaches the application: it is answered here, in the same shape, and the connection ends. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new HttpRefusal(431, 'HEADERS_TOO_LARGE', 'the address and the headers are too long')
      : new HttpRefusal(400, 'INVALID_REQUEST', 'this is no HTTP request');
  const body = JSON.stringify(problemOf(refusal, randomUUID()));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function bindError(error: NodeJS.ErrnoException, settings: { host: string; port: string }): Error {
  if (error.code === 'EADDRINUSE' || error.code === 'EACCES') {
    return new InvalidInputError(`the port of ${settings.port} is ${error.code === 'EACCES' ? 'not allowed for this user' : 'taken'}`, {
      code: 'PORT_UNAVAILABLE',
      field: settings.port,
      expected: 'a free port, or 0 for any',
    });
  }
  if (error.code === 'EADDRNOTAVAIL') {
    return new InvalidInputError(`${settings.host} is not an address of this machine`, {
      code: 'BIND_REFUSED',
      field: settings.host,
      expected: 'an address of this machine',
    });
  }
  return error;
}

/** Answers to reads that are not whole yet. */
function openReads(server: ServerType): ReadonlySet<ServerResponse> {
  const reads = new Set<ServerResponse>();
  server.on('request', ({ method }: IncomingMessage, response: ServerResponse) => {
    if (method !== 'GET' && method !== 'HEAD') return;
    reads.add(response);
    response.once('close', () => reads.delete(response));
  });
  return reads;
}

const CUT_EVERY_MS = 1_000;

function closeServer(server: ServerType, reads: ReadonlySet<ServerResponse>): Promise<void> {
  const endIdle = (): void => {
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  };
  return new Promise((resolve, reject) => {
    // A live page would be read for minutes more. Nothing is lost with a read: its browser or command asks again.
    const cut = setInterval(() => {
      for (const response of reads) response.destroy();
      // What was written meanwhile leaves its connection open.
      endIdle();
    }, CUT_EVERY_MS);
    server.close((error) => {
      clearInterval(cut);
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
    endIdle();
  });
}

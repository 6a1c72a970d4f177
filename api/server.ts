/** Binding (API-07): loopback only while no issuer of caller identities is configured. */
import { type ServerType, serve } from '@hono/node-server';
import { InvalidInputError } from '../domain/errors.ts';
import { isLoopbackHost } from './loopback.ts';

export interface ServerOptions {
  readonly app: { fetch(request: Request): Response | Promise<Response> };
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
  /** Stops listening, ends idle connections, waits for the others. */
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
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  return { url: `http://${shown}:${port}`, port, close: () => closeServer(server) };
}

function listen(
  options: ServerOptions,
  hostname: string,
  settings: { host: string; port: string },
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request) => options.app.fetch(request), hostname, port: options.port }, (info) => {
      server.off('error', onError);
      resolve({ server, port: info.port });
    });
    function onError(error: NodeJS.ErrnoException): void {
      reject(bindError(error, settings));
    }
    server.once('error', onError);
  });
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

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });
}

/**
 * A TCP proxy in front of the database that goes silent at an exact moment: when a client sends a command that holds the given
 * words. What was sent then never arrives, so a worker is caught in the middle of a stage, deterministically.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface WireBreaker {
  /** The proxied connection string. */
  readonly uri: string;
  /** Resolves when the words came by and the wire went silent. Arms only once. */
  armed(words: readonly string[]): Promise<void>;
  /** Lets new connections through again; the silent ones are cut. */
  heal(): void;
  close(): Promise<void>;
}

export async function startWireBreaker(uri: string): Promise<WireBreaker> {
  const target = new URL(uri);
  const sockets = new Set<Socket>();
  let words: readonly string[] | null = null;
  let silent = false;
  let caught: (() => void) | null = null;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 27017), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      if (words?.every((word) => chunk.includes(word)) === true) {
        words = null;
        silent = true;
        caught?.();
      }
      if (!silent) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!silent) client.write(chunk);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxied = new URL(uri);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    uri: proxied.toString(),
    armed: (wanted) =>
      new Promise((resolve) => {
        words = wanted;
        caught = resolve;
      }),
    heal: () => {
      silent = false;
      cut();
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

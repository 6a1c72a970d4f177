/**
 * One HTTP exchange over `node:http` and `node:https`: to a pinned address, with a time limit and a size limit. The global `fetch` cannot
 * be told which address to connect to without its dispatcher, which Node does not export.
 */
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { createGunzip } from 'node:zlib';
import type { PinnedAddress } from './address.ts';

/** Lower-case names; repeated fields joined by `, `. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly addresses: readonly PinnedAddress[];
  readonly agent: http.Agent | https.Agent;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** Thrown by `exchange` when the body (as sent, or unpacked) grows past the limit. */
export class BodyTooLarge extends Error {}

/** Rejects with the signal's reason when aborted, with `BodyTooLarge`, or with a Node error that has a `code` (`ETIMEDOUT` on our own time limit). */
export function exchange(what: Exchange): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    if (what.signal?.aborted === true) return reject(what.signal.reason);
    const send = what.url.protocol === 'https:' ? https.request : http.request;
    const request = send(what.url, {
      method: what.method,
      agent: what.agent,
      lookup: pinnedLookup(what.addresses),
      headers: {
        'accept-encoding': 'gzip',
        ...what.headers,
        ...(what.body === undefined ? {} : { 'content-length': Buffer.byteLength(what.body) }),
      },
    });
    const timer = setTimeout(() => fail(Object.assign(new Error('time limit'), { code: 'ETIMEDOUT' })), what.timeoutMs);
    const onAbort = (): void => fail(what.signal?.reason);
    what.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      what.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (reason: unknown): void => {
      settle();
      reject(reason);
      request.destroy();
    };
    request.on('error', fail);
    request.on('response', (response) => {
      readBody(response, what.maxBytes).then((body) => {
        settle();
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body });
      }, fail);
    });
    request.end(what.body);
  });
}

async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const packed = response.headers['content-encoding']?.toLowerCase() === 'gzip';
  // Counted after unpacking: a small answer can unpack to gigabytes.
  const stream = packed ? response.pipe(createGunzip()) : response;
  if (packed) response.on('error', (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** A `lookup` that knows only the addresses that were judged. Node asks for all of them when it may race the families. */
export function pinnedLookup(addresses: readonly PinnedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const wanted = options.family === 4 || options.family === 6 ? addresses.filter(({ family }) => family === options.family) : addresses;
    const first = wanted[0];
    if (first === undefined) return callback(Object.assign(new Error('no pinned address'), { code: 'ENOTFOUND' }), '', 0);
    if (options.all === true)
      return callback(
        null,
        wanted.map(({ address, family }) => ({ address, family })),
      );
    callback(null, first.address, first.family);
  };
}

function flatten(headers: http.IncomingHttpHeaders): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

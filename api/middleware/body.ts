/** Bodies: small ones are limited before they are parsed, streamed ones while they are read. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { InvalidInputError } from '../../domain/errors.ts';

export function tooLarge(maxBytes: number): InvalidInputError {
  return new InvalidInputError('the body is larger than this route takes', {
    code: 'BODY_TOO_LARGE',
    field: 'body',
    expected: `at most ${maxBytes} bytes`,
  });
}

export const limitBody = (maxBytes: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw tooLarge(maxBytes);
    },
  });

/** For routes that declare no body: what would be ignored is refused. */
export function refuseBody(): MiddlewareHandler {
  return async (c, next) => {
    const length = c.req.header('content-length');
    const sent = length === undefined ? c.req.header('transfer-encoding') !== undefined : length !== '0';
    if (sent || c.req.header('content-type') !== undefined) {
      throw new InvalidInputError('this route takes no body', { code: 'INVALID_REQUEST', field: 'body', expected: 'no body' });
    }
    await next();
  };
}

/** Reads at most `maxBytes`; one byte more is an error, whatever the sender declared. */
export async function* limitedBytes(body: ReadableStream<Uint8Array>, maxBytes: number): AsyncIterable<Uint8Array> {
  let seen = 0;
  for await (const chunk of body) {
    seen += chunk.byteLength;
    if (seen > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

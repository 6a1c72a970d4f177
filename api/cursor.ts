/**
 * Opaque cursors. A cursor only says where the next page begins: tenant and filters come from the address, and a cursor of another
 * list, tenant or filter is refused. What is in it is checked like any other input before it comes near a query.
 */
import { z } from 'zod';
import { digestOf } from '../domain/canonical.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { SEVERITIES } from '../domain/rules/types.ts';

export const timePosition = z.strictObject({ at: z.iso.datetime(), id: z.string().min(1).max(256) });
export const seqPosition = z.strictObject({ seq: z.int().min(0) });
export const idPosition = z.strictObject({ id: z.string().min(1).max(256) });
export const findingPosition = z.strictObject({ severity: z.enum(SEVERITIES), at: z.iso.datetime(), id: z.string().min(1).max(256) });

export interface CursorCodec<P> {
  encode(filter: CursorFilter, position: P): string;
  /** @throws InvalidInputError with the field `query.cursor` */
  decode(filter: CursorFilter, cursor: string): P;
}

export type CursorFilter = Readonly<Record<string, string | undefined>>;

const envelope = z.strictObject({ b: z.string(), p: z.unknown() });

/** `list` tells the cursors of one list from another's. */
export function cursorCodec<P>(list: string, position: z.ZodType<P>): CursorCodec<P> {
  const bindingOf = (filter: CursorFilter, at: unknown): string =>
    digestOf([
      list,
      Object.entries(filter)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
      at,
    ]).slice(0, 16);
  return {
    encode: (filter, at) => Buffer.from(JSON.stringify({ b: bindingOf(filter, at), p: at })).toString('base64url'),
    decode(filter, cursor) {
      const parsed = envelope.safeParse(parse(cursor));
      const at = position.safeParse(parsed.data?.p);
      if (!parsed.success || !at.success || parsed.data.b !== bindingOf(filter, at.data)) {
        throw new InvalidInputError('the cursor is not one of this list', {
          code: 'INVALID_CURSOR',
          field: 'query.cursor',
          expected: 'the next_cursor of an earlier page of the same list, with the same filters',
        });
      }
      return at.data;
    },
  };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

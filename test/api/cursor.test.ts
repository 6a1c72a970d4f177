import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorCodec, findingPosition, timePosition } from '../../api/cursor.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { ago, numberedRun } from '../ui/records.ts';

const codec = cursorCodec('scan-runs', timePosition);
const position = { at: ago(5).toISOString(), id: numberedRun(3) };

/** The position, or the field that is refused. */
function outcome(cursor: string): unknown {
  try {
    return codec.decode({ tenant_id: 'acme' }, cursor);
  } catch (error) {
    return error instanceof InvalidInputError ? error.field : error;
  }
}

describe('cursors', () => {
  it('API-02: round-trip with the filters they were made for, whatever the order of the filters', () => {
    const cursor = codec.encode({ tenant_id: 'acme', status: 'failed', scope_id: undefined }, position);
    expect(codec.decode({ status: 'failed', tenant_id: 'acme' }, cursor)).toEqual(position);
  });

  it('API-05: a cursor of another tenant, filter or list is refused', () => {
    const cursor = codec.encode({ tenant_id: 'acme' }, position);
    expect(() => codec.decode({ tenant_id: 'globex' }, cursor)).toThrow(InvalidInputError);
    expect(() => codec.decode({ tenant_id: 'acme', status: 'failed' }, cursor)).toThrow(InvalidInputError);
    expect(() => cursorCodec('findings', timePosition).decode({ tenant_id: 'acme' }, cursor)).toThrow(InvalidInputError);
  });

  it('any change of a cursor is refused with the field, and nothing else than a position comes out', () => {
    const cursor = codec.encode({ tenant_id: 'acme' }, position);
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'ABCxyz019-_'), (at, character) => {
        const changed = cursor.slice(0, at) + character + cursor.slice(at + 1);
        fc.pre(changed !== cursor);
        // The last character of base64url can have bits that mean nothing: only then may the same position come out.
        const same = Buffer.from(changed, 'base64url').equals(Buffer.from(cursor, 'base64url'));
        expect(outcome(changed)).toEqual(same ? position : 'query.cursor');
      }),
    );
  });

  it('operators and odd types never come out of a cursor', () => {
    const forge = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const forged of [{ at: { $gt: '' }, id: 'x' }, { at: position.at, id: { $ne: null } }, [], null, 7, { ...position, more: 1 }]) {
      expect(() => codec.decode({}, forge({ b: 'x', p: forged }))).toThrow(InvalidInputError);
    }
    expect(() => cursorCodec('f', findingPosition).decode({}, forge({ b: '', p: { ...position, severity: 'none' } }))).toThrow(
      InvalidInputError,
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => codec.decode({}, text)).toThrow(InvalidInputError);
      }),
    );
  });
});

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEGMENT, sealing, type SealContext, unsealing } from '../../storage/artifacts/seal.ts';

const context: SealContext = { key: Buffer.alloc(32, 7), bound: ['t-a', 'run-1', 'run-1/1'] };
const HEADER = 37;
const FRAME = 4 + SEGMENT + 16;

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const seal = (plain: Uint8Array, using = context, size = 10_000): Promise<Buffer> =>
  buffer(Readable.from(pieces(plain, size), { objectMode: false }).pipe(sealing(using)));

function unseal(sealed: Uint8Array, using = context, size = 10_000): Promise<Buffer> {
  return buffer(Readable.from(pieces(sealed, size), { objectMode: false }).pipe(unsealing(using)));
}

const plain = Buffer.alloc(SEGMENT * 3 + 100, 'abc');

describe('sealed streams', () => {
  it('gives back what was sealed, however it was cut (property)', async () => {
    const sizes = fc.constantFrom(0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, SEGMENT * 2, SEGMENT * 2 + 5);
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 7, max: 100_000 }), async (length, write, read) => {
        const content = Buffer.alloc(length, 'x1y2');
        expect((await unseal(await seal(content, context, write), context, read)).equals(content)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('seals the same content differently every time, and shows nothing of it', async () => {
    const [one, two] = [await seal(plain), await seal(plain)];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('abcabc')).toBe(false);
  });

  it.each([
    ['another key', { ...context, key: Buffer.alloc(32, 8) }],
    ['another tenant', { ...context, bound: ['t-b', 'run-1', 'run-1/1'] }],
    ['another run', { ...context, bound: ['t-a', 'run-2', 'run-1/1'] }],
    ['another attempt', { ...context, bound: ['t-a', 'run-1', 'run-1/2'] }],
    ['parts cut elsewhere', { ...context, bound: ['t-arun', '-1', 'run-1/1'] }],
  ])('is refused under %s', async (_what, other) => {
    await expect(unseal(await seal(plain), other)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  });

  it.each<[string, (sealed: Buffer) => Buffer]>([
    [
      'a changed byte',
      (sealed) => Buffer.concat([sealed.subarray(0, 5000), Buffer.from([(sealed[5000] ?? 0) ^ 1]), sealed.subarray(5001)]),
    ],
    ['a cut inside a segment', (sealed) => sealed.subarray(0, sealed.length - 1)],
    ['a cut between segments', (sealed) => sealed.subarray(0, HEADER + FRAME * 2)],
    ['a dropped first segment', (sealed) => Buffer.concat([sealed.subarray(0, HEADER), sealed.subarray(HEADER + FRAME)])],
    [
      'swapped segments',
      (sealed) =>
        Buffer.concat([
          sealed.subarray(0, HEADER),
          sealed.subarray(HEADER + FRAME, HEADER + 2 * FRAME),
          sealed.subarray(HEADER, HEADER + FRAME),
          sealed.subarray(HEADER + 2 * FRAME),
        ]),
    ],
    ['a doubled last segment', (sealed) => Buffer.concat([sealed, sealed.subarray(HEADER + 3 * FRAME)])],
    ['appended bytes', (sealed) => Buffer.concat([sealed, Buffer.from('x')])],
    ['another salt', (sealed) => Buffer.concat([sealed.subarray(0, 5), Buffer.alloc(32), sealed.subarray(HEADER)])],
    ['another format', (sealed) => Buffer.concat([Buffer.from('SV0A\x02'), sealed.subarray(5)])],
    [
      'a giant length',
      (sealed) => Buffer.concat([sealed.subarray(0, HEADER), Buffer.from([0xff, 0xff, 0xff, 0xff]), sealed.subarray(HEADER + 4)]),
    ],
    ['nothing', () => Buffer.alloc(0)],
    ['only a header', (sealed) => sealed.subarray(0, HEADER)],
  ])('refuses %s', async (_what, damage) => {
    await expect(unseal(damage(await seal(plain)))).rejects.toMatchObject({ name: 'PersistentError', code: 'ARTIFACT_CORRUPT' });
  });
});

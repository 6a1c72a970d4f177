import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../domain/canonical.ts';
import { buildPack } from '../../../domain/evidence/build.ts';
import { trustedKeys } from '../../../domain/evidence/dsse.ts';
import { packFile, verifyPackFile } from '../../../domain/evidence/file.ts';
import { keys, sampleInput, sealed } from './sample.ts';

const ours = keys();
const theirs = keys();
const trusted = trustedKeys({ k1: ours.publicPem });
const pack = buildPack(sampleInput());
const whole = { ...pack, envelope: sealed(pack, ours.privateKey) };
const file = packFile(whole);
const codes = (text: string | Uint8Array): readonly string[] =>
  verifyPackFile(typeof text === 'string' ? Buffer.from(text) : text, trusted).problems.map(({ code }) => code);

describe('a pack as a file', () => {
  it('DATA-08: is the same bytes whatever order its parts came in, and verifies', () => {
    const { digest, manifest, blobs, envelope } = whole;
    expect(packFile({ blobs: [...blobs].reverse(), envelope: { ...envelope }, manifest: { ...manifest }, digest })).toBe(file);
    expect(verifyPackFile(Buffer.from(file), trusted)).toEqual({ problems: [], pack: whole });
  });

  it('DATA-08: cut anywhere, it is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (end) => {
        const result = verifyPackFile(Buffer.from(file.slice(0, end)), trusted);
        expect(result.pack).toBeNull();
        expect(result.problems).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('DATA-08: signed again by another key it is refused, under its own key id and under ours', () => {
    expect(codes(packFile({ ...pack, envelope: sealed(pack, theirs.privateKey, 'theirs') }))).toEqual(['unknown_key']);
    expect(codes(packFile({ ...pack, envelope: sealed(pack, theirs.privateKey, 'k1') }))).toEqual(['bad_signature']);
  });

  it('DATA-08: a key inside the file is no trusted key', () => {
    const forged = { ...pack, envelope: sealed(pack, theirs.privateKey, 'theirs'), keys: { theirs: theirs.publicPem } };
    expect(codes(JSON.stringify(forged))).toContain('malformed_pack');
  });

  it('DATA-08: another finding under the old signature is refused', () => {
    const manifest = { ...pack.manifest, finding_id: 'f'.repeat(64) };
    expect(codes(packFile({ ...whole, manifest, digest: digestOf(manifest) }))).toEqual(['finding_mismatch', 'manifest_altered']);
  });

  it('DATA-08: it has one spelling: another order, a second key of the same name or a byte more is refused', () => {
    const { envelope, ...rest } = whole;
    expect(codes(JSON.stringify({ envelope, ...rest }))).toEqual(['not_canonical']);
    expect(codes(file.replace('{"blobs"', '{"digest":"0","blobs"'))).toEqual(['not_canonical']);
    expect(codes(`${file} `)).toEqual(['not_canonical']);
    expect(codes(`\ufeff${file}`)).toEqual(['malformed_file']);
  });

  it.each(['', 'null', '[]', '1', '"x"', '{}', 'not json', '{"digest":'])('DATA-08: %j is no pack', (text) => {
    expect(verifyPackFile(Buffer.from(text), trusted).pack).toBeNull();
    expect(codes(text)).not.toEqual([]);
  });

  it('DATA-08: bytes that are no text are refused', () => {
    expect(codes(Buffer.concat([Buffer.from(file.slice(0, 40)), Buffer.from([0xff, 0xfe]), Buffer.from(file.slice(42))]))).toEqual([
      'malformed_file',
    ]);
  });
});

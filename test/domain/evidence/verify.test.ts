import { Buffer } from 'node:buffer';
import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, sha256 } from '../../../domain/canonical.ts';
import { buildPack } from '../../../domain/evidence/build.ts';
import { ed25519Signer, preAuthEncoding, signEd25519, trustedKeys } from '../../../domain/evidence/dsse.ts';
import { MANIFEST_PAYLOAD_TYPE, manifestBytes, signPack } from '../../../domain/evidence/sign.ts';
import type { DsseEnvelope, EvidencePack } from '../../../domain/evidence/types.ts';
import { verifyPack } from '../../../domain/evidence/verify.ts';
import { keys, sampleInput, sealed } from './sample.ts';

const ours = keys();
const retired = keys();
const theirs = keys();
const trusted = trustedKeys({ k1: ours.publicPem, k0: retired.publicPem });
const pack = buildPack(sampleInput());
const envelope = sealed(pack, ours.privateKey);
const codes = (given: unknown, wrapped: unknown, keySet = trusted): readonly string[] => [
  ...new Set(verifyPack(given, wrapped, keySet).map((problem) => problem.code)),
];
const first = pack.blobs[0] ?? { digest: '', bytes: '' };
const changed = (manifest: Partial<EvidencePack['manifest']>): EvidencePack => {
  const next = { ...pack.manifest, ...manifest };
  return { ...pack, manifest: next, digest: digestOf(next) };
};

describe('verifyPack', () => {
  it('DATA-08: a whole pack has no problems', async () => {
    expect(verifyPack(pack, envelope, trusted)).toEqual([]);
    const signer = ed25519Signer('k1', ours.privatePem);
    expect(verifyPack(JSON.parse(JSON.stringify(pack)), await signPack(pack, signer), trusted)).toEqual([]);
  });

  it('DATA-08: a retired key still counts while it is among the trusted', () => {
    const old = sealed(pack, retired.privateKey, 'k0');
    expect(codes(pack, old)).toEqual([]);
    expect(codes(pack, old, trustedKeys({ k1: ours.publicPem }))).toEqual(['unknown_key']);
  });

  it('DATA-08: a forged pack is not trusted by its own key, nor under one of our key ids', () => {
    const forged = changed({ finding_id: pack.manifest.finding_id });
    expect(codes(forged, sealed(forged, theirs.privateKey, 'theirs'))).toEqual(['unknown_key']);
    expect(codes(forged, sealed(forged, theirs.privateKey, 'k1'))).toEqual(['bad_signature']);
    const withKey = { ...sealed(forged, theirs.privateKey, 'theirs'), key: theirs.publicPem };
    expect(codes(forged, withKey)).toEqual(['malformed_envelope']);
    expect(codes(forged, sealed(forged, theirs.privateKey, 'k1'), new Map())).toEqual(['unknown_key']);
  });

  const tampered: readonly (readonly [string, EvidencePack, DsseEnvelope, readonly string[]])[] = [
    ['a blob is missing', { ...pack, blobs: pack.blobs.slice(1) }, envelope, ['missing_blob']],
    [
      'a blob was changed',
      { ...pack, blobs: [{ ...first, bytes: `${first.bytes} ` }, ...pack.blobs.slice(1)] },
      envelope,
      ['blob_mismatch'],
    ],
    ['there is a blob too many', { ...pack, blobs: [...pack.blobs, { digest: sha256('x'), bytes: 'x' }] }, envelope, ['extra_blob']],
    ['a blob is there twice', { ...pack, blobs: [...pack.blobs, first] }, envelope, ['extra_blob']],
    ['the manifest was changed', { ...pack, manifest: { ...pack.manifest, syncs: [] } }, envelope, ['digest_mismatch', 'manifest_altered']],
    ['the manifest and its digest were changed', changed({ syncs: [] }), envelope, ['manifest_altered']],
    ['the digest was changed', { ...pack, digest: sha256('other') }, envelope, ['digest_mismatch']],
    [
      'the signature was changed',
      pack,
      { ...envelope, signatures: [{ keyid: 'k1', sig: Buffer.alloc(64).toString('base64') }] },
      ['bad_signature'],
    ],
    [
      'the signature has another spelling',
      pack,
      { ...envelope, signatures: [{ keyid: 'k1', sig: `${envelope.signatures[0]?.sig} ` }] },
      ['bad_signature'],
    ],
    ['there is no signature', pack, { ...envelope, signatures: [] }, ['malformed_envelope']],
    ['the payload is of another type', pack, signEd25519(ours.privateKey, 'k1', 'text/plain', manifestBytes(pack)), ['wrong_payload_type']],
    [
      'the type was changed',
      pack,
      { ...signEd25519(ours.privateKey, 'k1', 'text/plain', manifestBytes(pack)), payloadType: MANIFEST_PAYLOAD_TYPE },
      ['bad_signature'],
    ],
  ];
  it.each(tampered)('DATA-08: names it when %s', (_name, given, wrapped, expected) => {
    expect(codes(given, wrapped)).toEqual(expected);
  });

  it('DATA-08: a signed manifest that names another finding, or leaves a proof out, does not pass', () => {
    const other = changed({ finding_id: sha256('other') });
    expect(codes(other, sealed(other, ours.privateKey))).toEqual(['finding_mismatch']);
    const kept = pack.manifest.entries.filter((entry) => !entry.path.startsWith('entities/'));
    const shorn = { ...changed({ entries: kept }), blobs: pack.blobs.filter((blob) => kept.some((entry) => entry.digest === blob.digest)) };
    expect(codes(shorn, sealed(shorn, ours.privateKey))).toEqual(['finding_mismatch']);
    const twice = changed({ entries: [...pack.manifest.entries, ...pack.manifest.entries.slice(0, 1)] });
    expect(codes(twice, sealed(twice, ours.privateKey))).toEqual(['duplicate_entry']);
  });

  it('DATA-08: a path that could leave the archive is refused', () => {
    const entry = { path: '../../etc/passwd', digest: first.digest, bytes: 1 };
    expect(codes(changed({ entries: [entry] }), envelope)).toEqual(['malformed_pack']);
  });

  it('takes anything and never throws', () => {
    for (const hostile of [
      null,
      1,
      'x',
      [],
      {},
      { ...pack, blobs: null },
      { ...pack, manifest: { ...pack.manifest, tenant_id: '\ud800' } },
    ]) {
      expect(codes(hostile, hostile)).toContain('malformed_pack');
    }
    fc.assert(fc.property(fc.anything(), fc.anything(), (a, b) => verifyPack(a, b, trusted).length > 0));
  });

  it('DATA-08: any changed character of a signed pack is found', () => {
    const text = JSON.stringify(pack);
    const parsed = (given: string): unknown => {
      try {
        return JSON.parse(given);
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.nat(text.length - 1), (n) => {
        const other = parsed(`${text.slice(0, n)}${text[n] === 'a' ? 'b' : 'a'}${text.slice(n + 1)}`);
        expect(verifyPack(other, envelope, trusted)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('DSSE', () => {
  it('encodes as the protocol has it', () => {
    // The example of the protocol's own document.
    expect(Buffer.from(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });
  it('counts bytes, not characters', () => {
    expect(Buffer.from(preAuthEncoding('é', Buffer.from('ü'))).toString()).toBe('DSSEv1 2 é 2 ü');
  });
  it.each(['', 'not a key', ours.publicPem])('refuses a signing key that is none, without quoting it', (pem) => {
    expect(() => ed25519Signer('k1', pem)).not.toThrow(new RegExp(pem.slice(0, 20) || 'x{99}'));
    expect(() => ed25519Signer('k1', pem)).toThrow(expect.objectContaining({ code: 'SIGNING_KEY_INVALID' }));
  });
  it('names the trusted key that cannot be read', () => {
    expect(() => trustedKeys({ good: ours.publicPem, bad: 'x' })).toThrow(
      expect.objectContaining({ code: 'TRUSTED_KEY_INVALID', subject: 'bad' }),
    );
    expect(createPublicKey(ours.publicPem).asymmetricKeyType).toBe('ed25519');
  });
});

/**
 * DSSE envelopes with Ed25519 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, RFC 8032). The signature is over the
 * pre-authentication encoding, so that a payload cannot be taken for one of another type.
 */
import { Buffer } from 'node:buffer';
import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { InvalidInputError } from '../errors.ts';
import type { DsseEnvelope, EvidenceSigner } from './types.ts';

/** Public keys by key id: every key that is, or once was, ours. A retired key stays, or its packs could no longer be checked. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

export type EnvelopeProblem = 'malformed_envelope' | 'wrong_payload_type' | 'unknown_key' | 'bad_signature';

export type EnvelopeResult =
  | { readonly ok: true; readonly payload: Uint8Array; readonly keyId: string }
  | { readonly ok: false; readonly problem: EnvelopeProblem; readonly keyId?: string };

/** PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body; lengths are of bytes, in decimal. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** @throws InvalidInputError `SIGNING_KEY_INVALID` when the key is not an Ed25519 private key */
export function signEd25519(privateKey: KeyObject, keyId: string, payloadType: string, payload: Uint8Array): DsseEnvelope {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519')
    throw notAKey('SIGNING_KEY_INVALID', 'an Ed25519 private key');
  const sig = sign(null, preAuthEncoding(payloadType, payload), privateKey);
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid: keyId, sig: sig.toString('base64') }] };
}

/** A signer over a key in memory (PKCS #8 PEM). In production the key is in a vault or KMS, behind the same interface. */
export function ed25519Signer(keyId: string, privateKeyPem: string): EvidenceSigner {
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    throw notAKey('SIGNING_KEY_INVALID', 'an Ed25519 private key as PKCS #8 PEM');
  }
  return { keyId, sign: async (payloadType, payload) => signEd25519(key, keyId, payloadType, payload) };
}

/** `{ key id: SPKI PEM }`. @throws InvalidInputError `TRUSTED_KEY_INVALID` naming the key id */
export function trustedKeys(pemByKeyId: Readonly<Record<string, string>>): TrustedKeys {
  return new Map(
    Object.entries(pemByKeyId).map(([keyId, pem]) => {
      let key: KeyObject | undefined;
      try {
        key = createPublicKey(pem);
      } catch {
        key = undefined;
      }
      if (key?.asymmetricKeyType !== 'ed25519') throw notAKey('TRUSTED_KEY_INVALID', 'an Ed25519 public key as SPKI PEM', keyId);
      return [keyId, key];
    }),
  );
}

/** Good when one signature is by a trusted key. Nothing that the envelope brings decides which keys those are. */
export function verifyEnvelope(envelope: DsseEnvelope, trusted: TrustedKeys, payloadType: string): EnvelopeResult {
  const payload = strictBase64(envelope.payload);
  if (payload === undefined || envelope.signatures.length === 0) return { ok: false, problem: 'malformed_envelope' };
  if (envelope.payloadType !== payloadType) return { ok: false, problem: 'wrong_payload_type' };
  let failed: EnvelopeResult = { ok: false, problem: 'unknown_key', keyId: envelope.signatures[0]?.keyid ?? '' };
  for (const { keyid, sig } of envelope.signatures) {
    const key = trusted.get(keyid);
    if (key === undefined) continue;
    const signature = strictBase64(sig);
    // The type in the encoding is the one that was asked for, not the one that the envelope claims.
    if (signature?.length === 64 && verify(null, preAuthEncoding(payloadType, payload), key, signature))
      return { ok: true, payload, keyId: keyid };
    failed = { ok: false, problem: 'bad_signature', keyId: keyid };
  }
  return failed;
}

/** Node's decoder skips what it does not know; an envelope has one spelling only. */
function strictBase64(value: string): Uint8Array | undefined {
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? bytes : undefined;
}

const notAKey = (code: string, expected: string, subject?: string): InvalidInputError =>
  new InvalidInputError('the key cannot be used', { code, field: 'key', expected, ...(subject === undefined ? {} : { subject }) });

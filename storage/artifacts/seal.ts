/**
 * Sealed streams: AES-256-GCM over segments of 64 KiB, so that memory is bounded whatever the size (the STREAM construction of
 * https://eprint.iacr.org/2015/189: a counter nonce and a flag on the last segment). Reordered, doubled, dropped and cut segments are refused.
 * Each artifact has a key of its own (HKDF over a random salt), so that counters of two artifacts never meet under one key.
 *
 * Layout: `SV0A` 1, salt (32), then per segment: length of the plain part (4, big endian), ciphertext, tag (16). The last one may be empty.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { PersistentError } from '../../domain/errors.ts';

const MAGIC = Buffer.from('SV0A\x01', 'latin1');
const SALT = 32;
const TAG = 16;
const HEADER = MAGIC.length + SALT;
export const SEGMENT = 64 * 1024;

export interface SealContext {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** What the content is bound to: opened under any other, it is refused. */
  readonly bound: readonly string[];
}

export const corrupt = (): PersistentError =>
  new PersistentError('the artifact is not what was stored', { code: 'ARTIFACT_CORRUPT', actor: 'operator' });

/** Length-prefixed, so that two lists never give the same bytes. */
function aadOf(bound: readonly string[]): Buffer {
  return Buffer.concat(
    ['sv0-artifact', ...bound].flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

const keyFor = ({ key }: SealContext, salt: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', key, salt, 'sv0-artifact/1', 32));

function nonceOf(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

export function sealing(context: SealContext): Transform {
  const salt = randomBytes(SALT);
  const key = keyFor(context, salt);
  const aad = aadOf(context.bound);
  let pending: Buffer = Buffer.alloc(0);
  let counter = 0;

  const segment = (plain: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(counter, last), { authTagLength: TAG });
    cipher.setAAD(aad);
    counter += 1;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(plain.length);
    return Buffer.concat([length, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };

  return new Transform({
    construct(done) {
      this.push(Buffer.concat([MAGIC, salt]));
      done();
    },
    transform(chunk: Buffer, _encoding, done) {
      pending = Buffer.concat([pending, chunk]);
      // The last segment is only known at the end: one is always kept back.
      while (pending.length > SEGMENT) {
        this.push(segment(pending.subarray(0, SEGMENT), false));
        pending = pending.subarray(SEGMENT);
      }
      done();
    },
    flush(done) {
      this.push(segment(pending, true));
      done();
    },
  });
}

/** Fails with PersistentError `ARTIFACT_CORRUPT`; what it gave before that is not to be acted on. */
export function unsealing(context: SealContext): Transform {
  const aad = aadOf(context.bound);
  let key: Buffer | null = null;
  let pending: Buffer = Buffer.alloc(0);
  let counter = 0;

  const open = (sealed: Buffer, last: boolean): Buffer => {
    if (key === null) throw corrupt();
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(counter, last), { authTagLength: TAG });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    counter += 1;
    return Buffer.concat([decipher.update(sealed.subarray(4, sealed.length - TAG)), decipher.final()]);
  };

  const guarded = (done: TransformCallback, work: () => void): void => {
    try {
      work();
      done();
    } catch {
      done(corrupt());
    }
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      guarded(done, () => {
        pending = Buffer.concat([pending, chunk]);
        if (key === null) {
          if (pending.length < HEADER) return;
          if (!pending.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt();
          key = keyFor(context, pending.subarray(MAGIC.length, HEADER));
          pending = pending.subarray(HEADER);
        }
        // Only what has another segment behind it can be opened as "not the last".
        for (let size = sizeOf(pending); size !== null && pending.length > size; size = sizeOf(pending)) {
          this.push(open(pending.subarray(0, size), false));
          pending = pending.subarray(size);
        }
      });
    },
    flush(done) {
      guarded(done, () => {
        if (sizeOf(pending) !== pending.length) throw corrupt();
        this.push(open(pending, true));
      });
    },
  });
}

/** Of the first segment, with its length and tag; null while its length is not there. */
function sizeOf(bytes: Buffer): number | null {
  if (bytes.length < 4) return null;
  const plain = bytes.readUInt32BE(0);
  if (plain > SEGMENT) throw corrupt();
  return 4 + plain + TAG;
}

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostKey } from '../../../broker/store/host-key.ts';
import { keyRing } from '../../../broker/store/keys.ts';
import { open, seal, unseal } from '../../../broker/store/seal.ts';

const bound = Buffer.from('bound');

describe('key-encryption keys', () => {
  it('CRED-02: the first is current; the others still open what they wrapped', async () => {
    const [one, two] = [hostKey(randomBytes(32)), hostKey(randomBytes(32))];
    const before = keyRing(one);
    const wrapped = await before.wrap(Buffer.from('data key'), bound);
    const after = keyRing(two, one);
    expect(after.current).not.toBe(before.current);
    expect(Buffer.from(await after.unwrap(before.current, wrapped, bound)).toString()).toBe('data key');
    await expect(after.unwrap(after.current, wrapped, bound)).rejects.toThrow(/unable to authenticate/i);
    const without = keyRing(two);
    await expect(without.unwrap(before.current, wrapped, bound)).rejects.toMatchObject({
      code: 'CREDENTIAL_KEY_MISSING',
      actor: 'operator',
    });
  });
});

describe('the seal', () => {
  it('CRED-12: refuses a tag of 4 bytes, which Node would take where its length is not stated', () => {
    const key = randomBytes(32);
    const sealed = seal(key, Buffer.from('plain'), bound);
    const [nonce, ciphertext, tag] = [sealed.subarray(0, 12), sealed.subarray(12, -16), sealed.subarray(-16)];
    expect(open(key, nonce, ciphertext, tag, bound).toString()).toBe('plain');
    expect(() => open(key, nonce, ciphertext, tag.subarray(0, 4), bound)).toThrow(/Invalid authentication tag length/);
    expect(() => unseal(key, sealed, Buffer.from('other'))).toThrow(/unable to authenticate/i);
    expect(() => unseal(key, sealed.subarray(0, 20), bound)).toThrow(/too short/);
  });
});

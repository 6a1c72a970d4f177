import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../../broker/store/key-file.ts';
import { keyRing } from '../../../broker/store/keys.ts';
import { open, seal, unseal } from '../../../broker/store/seal.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function keyFile(name: string, content = randomBytes(32).toString('hex'), mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}
const bound = Buffer.from('bound');

describe('key files', () => {
  it('CRED-02: the first is current; the others still open what they wrapped', async () => {
    const [first, second] = [await keyFile('first'), await keyFile('second')];
    const [one, two] = [await openKeyFile(first, 'SETTING'), await openKeyFile(second, 'SETTING')];
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

  it.each([
    ['readable by a group', async () => keyFile('group', undefined, 0o640)],
    ['readable by all', async () => keyFile('all', undefined, 0o604)],
    ['not there', async () => join(folder, 'absent')],
    [
      'a link',
      async () => {
        const target = await keyFile('target');
        const link = join(folder, 'link');
        await symlink(target, link);
        return link;
      },
    ],
    ['no key', async () => keyFile('words', 'not a key')],
    ['a short key', async () => keyFile('short', 'ab'.repeat(16))],
    ['a folder', async () => folder],
  ])('CRED-02: a file that is %s is refused', async (_, make) => {
    await expect(openKeyFile(await make(), 'SETTING')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'SETTING' });
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

/** Files of our own keys: what is taken, and what is refused without being shown. */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyOfFile } from '../../cli/compose/keys.ts';

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

async function linkTo(target: string): Promise<string> {
  await symlink(target, `${target}.link`);
  return `${target}.link`;
}

it('CRED-02: a key is 64 hexadecimal digits, in a file or behind a link as secrets are mounted', async () => {
  const digits = randomBytes(32).toString('hex');
  const file = await keyFile('key', `${digits}\n`, 0o400);
  for (const path of [file, await linkTo(file)]) expect(Buffer.from(await keyOfFile(path, 'SETTING')).toString('hex')).toBe(digits);
});

it.each([
  ['readable by a group', async () => keyFile('group', undefined, 0o640)],
  ['readable by all', async () => keyFile('all', undefined, 0o604)],
  ['a link to what a group can read', async () => linkTo(await keyFile('linked', undefined, 0o640))],
  ['not there', async () => join(folder, 'absent')],
  ['no key', async () => keyFile('words', 'not a key')],
  ['a short key', async () => keyFile('short', 'ab'.repeat(16))],
  ['a folder', async () => folder],
])('CRED-02: a file that is %s is refused', async (_, make) => {
  await expect(keyOfFile(await make(), 'SETTING')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'SETTING' });
});

it.runIf(process.getuid?.() === 0)('CRED-02: a file of another user, who could change it, is refused', async () => {
  const file = await keyFile('theirs');
  await chown(file, 65_534, 65_534);
  await expect(keyOfFile(file, 'SETTING')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'SETTING' });
});

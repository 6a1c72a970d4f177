/** Files of our own keys: what is taken, and what is refused without being shown. */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMinters } from '../../cli/compose/federation.ts';
import { keyOfFile } from '../../cli/compose/keys.ts';
import { ownSecretFiles } from '../../cli/compose/own-secrets.ts';
import { loadConfig } from '../../cli/config.ts';

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

it.runIf(process.getuid?.() === 0)('CRED-18: our keys for the federation are taken no otherwise', async () => {
  const private_key_file = await keyFile('app.pem', 'a key of somebody who may change it');
  await chown(private_key_file, 65_534, 65_534);
  const github = { app_id: 1, slug: 'reader', api_url: 'https://api.github.com', web_url: 'https://github.com', private_key_file };
  await expect(openMinters({ github }, () => new Date(0))).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    field: 'SV0_FEDERATION_FILE.github.private_key_file',
    expected: expect.stringContaining('own user'),
  });
});

it('CRED-09: what is kept from children names every file that the database and the clouds know us by', async () => {
  const config = loadConfig({ MONGODB_URI: 'mongodb://one,two/?replicaSet=r&tlscertificatekeyfile=%2Fetc%2Fsv0%2Fmongo.pem' }, folder);
  const environment = {
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/mnt/pod/token',
    AWS_SHARED_CREDENTIALS_FILE: '/etc/sv0/aws',
    AZURE_FEDERATED_TOKEN_FILE: '/mnt/azure/token',
    AWS_CONFIG_FILE: '',
  };
  const hidden = ['/etc/sv0/aws', '/etc/sv0/mongo.pem', '/mnt/azure/token', '/mnt/pod/token'];
  expect([...(await ownSecretFiles(config, environment))].sort()).toEqual(hidden);
});

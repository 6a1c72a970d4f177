import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIdentity } from '../../cli/compose/identity.ts';
import { loadConfig } from '../../cli/config.ts';
import { endedSessions } from '../support/callers.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-identity-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const identityWith = (settings: Readonly<Record<string, string>>) =>
  createIdentity({
    config: loadConfig({ SV0_OIDC_ISSUER: 'https://issuer.example/', SV0_OIDC_AUDIENCE: 'sv0', ...settings }, folder),
    audit: { append: () => Promise.reject(new Error('nothing is to be recorded')) },
    endedSessions: endedSessions(),
    now: () => new Date(0),
    localIssuer: 'unless-configured',
  });

it.each(['SV0_SESSION_KEY_FILE', 'SV0_OIDC_CLIENT_SECRET_FILE'])(
  'API-04 UI-05: the server does not start with a %s that others can read; the refusal names the setting and not what is in the file',
  async (setting) => {
    const secret = 'ab'.repeat(32);
    const file = join(folder, setting);
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    await expect(identityWith({ [setting]: file })).resolves.toMatchObject({ issuerConfigured: true });
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      await chmod(file, mode);
      const refused: unknown = await identityWith({ [setting]: file }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'InvalidInputError', code: 'INVALID_CONFIGURATION', field: setting });
      expect(JSON.stringify(refused) + String(refused)).not.toContain(secret);
    }
    await expect(identityWith({ [setting]: join(folder, 'none') })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      field: setting,
    });
  },
);

it('UI-05: a session key that is no key is refused without being shown', async () => {
  const file = join(folder, 'short');
  for (const text of ['', 'ab'.repeat(31), 'canary-not-hexadecimal'.padEnd(64, 'z')]) {
    await writeFile(file, text, { mode: 0o600 });
    const refused: unknown = await identityWith({ SV0_SESSION_KEY_FILE: file }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'SV0_SESSION_KEY_FILE' });
    expect(JSON.stringify(refused) + String(refused)).not.toContain('canary');
  }
});

it.each(['SV0_OIDC_AUDIENCE', 'SV0_OIDC_JWKS_URI', 'SV0_OIDC_CLIENT_ID', 'SV0_OIDC_CLIENT_SECRET_FILE', 'SV0_PUBLIC_URL'])(
  'API-04: %s without an issuer is refused: nobody would sign in by it, and the local issuer would come up in its place',
  (setting) => {
    expect(() => loadConfig({ [setting]: 'https://sv0.example' }, folder)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION', field: setting }),
    );
  },
);

it('UI-05: a session key counts with the local issuer too', async () => {
  const file = join(folder, 'local');
  await writeFile(file, 'no key', { mode: 0o600 });
  const local = { SV0_OIDC_ISSUER: '', SV0_OIDC_AUDIENCE: '', SV0_SESSION_KEY_FILE: file };
  await expect(identityWith(local)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'SV0_SESSION_KEY_FILE' });
});

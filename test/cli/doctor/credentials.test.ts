import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialConfig, credentialList } from '../../../cli/doctor/credentials.ts';
import { clockCheck } from '../../../cli/doctor/clock.ts';
import { hostChecks, type HostFacts } from '../../../cli/doctor/host.ts';
import type { Tools } from '../../../cli/doctor/logins.ts';

const NOW = new Date('2026-11-22T09:00:00.000Z');
const NONE: Tools = { find: async () => false, run: async () => ({ code: 1, out: '' }), interactive: async () => false };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = (over: Partial<CredentialConfig> = {}): CredentialConfig => ({
  stateDir: join(folder, 'state'),
  artifactKeyFile: undefined,
  evidenceKeyFile: undefined,
  credentialKeys: undefined,
  keyVault: undefined,
  secretsManagerRegion: undefined,
  federationFile: undefined,
  mongodbUri: undefined,
  ...over,
});
const one = async (name: string, over: Partial<CredentialConfig>, tools: Tools = NONE) =>
  (await credentialList(config(over), tools, NOW)).find((credential) => credential.name === name);

describe('credentials of an environment', () => {
  it('OPS-02: a key of our own is made by refresh; one that is configured must be there, and be closed to others', async () => {
    expect(await one('artifact key', {})).toMatchObject({ status: 'warning', device_bound: true, refresh: 'sv0 doctor --refresh' });
    const file = join(folder, 'given.key');
    expect(await one('artifact key', { artifactKeyFile: file })).toMatchObject({ status: 'failed', refresh: `restore ${file}` });
    await writeFile(file, 'x', { mode: 0o600 });
    expect(await one('artifact key', { artifactKeyFile: file })).toMatchObject({ status: 'ok', refresh: null });
    await chmod(file, 0o644);
    expect(await one('artifact key', { artifactKeyFile: file })).toMatchObject({ status: 'failed', refresh: `chmod 600 ${file}` });
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d';
    const keys: CredentialConfig['credentialKeys'] = [
      { keeper: 'kms', arn, region: 'eu-west-1' },
      { keeper: 'file', path: file },
    ];
    const two = (await credentialList(config({ credentialKeys: keys }), NONE, NOW)).filter(({ name }) =>
      name.startsWith('credential store key'),
    );
    expect(Object.fromEntries(two.map((each) => [each.name, [each.source, each.detail]]))).toEqual({
      'credential store key': ['AWS KMS (SV0_CREDENTIAL_KEYS), by the identity of this host', arn],
      'credential store key 2': [`${file} (SV0_CREDENTIAL_KEYS)`, 'others can read it'],
    });
  });

  it('OPS-02: a sign-in is named with its end and the one command; only one that is needed can make a run impossible', async () => {
    const az = (expires: string, code = 0): Tools => ({
      ...NONE,
      find: async (command) => command === 'az',
      run: async (_, args) => ({ code, out: args.includes('get-access-token') ? expires : 'an account' }),
    });
    const cli = { keyVault: { signIn: 'cli', clientId: undefined } } as const;
    expect(await one('Azure sign-in', cli, az('2026-11-22T10:00:00Z\n'))).toMatchObject({
      status: 'ok',
      expires_at: '2026-11-22T10:00:00.000Z',
      device_bound: true,
      refresh: 'az login --use-device-code',
    });
    expect(await one('Azure sign-in', cli, az('2026-11-22T08:00:00Z'))).toMatchObject({ status: 'failed', detail: 'expired' });
    expect(await one('Azure sign-in', cli, az('', 1))).toMatchObject({ status: 'failed', detail: 'not signed in' });
    expect(await one('Azure sign-in', cli)).toMatchObject({ status: 'failed', detail: 'az is not installed' });
    expect(await one('Azure sign-in', {}, az('', 1))).toMatchObject({ status: 'ok', detail: 'not signed in; nothing here needs it' });
    expect(await one('Azure sign-in', {})).toBeUndefined();
  });

  it('OPS-02: the host identity of a vault, the database sign-in and federation files are listed; no value is', async () => {
    const managed = { keyVault: { signIn: 'managed_identity', clientId: undefined } } as const;
    expect(await one('Azure Key Vault', managed)).toMatchObject({ device_bound: true, expires_at: null });
    const uri = 'mongodb://someone:canary-of-the-uri@db.example.org/';
    const found = await credentialList(config({ mongodbUri: uri }), NONE, NOW);
    expect(found.find(({ name }) => name === 'database sign-in')).toMatchObject({ source: 'MONGODB_URI', device_bound: false });
    expect(JSON.stringify(found)).not.toContain('canary-of-the-uri');

    await mkdir(join(folder, 'federation'), { recursive: true });
    const file = join(folder, 'federation', 'federation.json');
    const github = { app_id: 1, slug: 'app', private_key_file: 'app.pem' };
    await writeFile(file, JSON.stringify({ github }));
    await writeFile(join(folder, 'federation', 'app.pem'), 'canary-of-the-key', { mode: 0o600 });
    const listed = await credentialList(config({ federationFile: file }), NONE, NOW);
    expect(listed.find(({ name }) => name === 'federation: GitHub App key')).toMatchObject({ status: 'ok', device_bound: false });
    expect(JSON.stringify(listed)).not.toContain('canary-of-the-key');
    await writeFile(file, '{');
    expect((await credentialList(config({ federationFile: file }), NONE, NOW)).find(({ name }) => name === 'federation')).toMatchObject({
      status: 'failed',
    });
  });
});

describe('the host', () => {
  const host = (over: Partial<HostFacts> = {}): HostFacts => ({
    nodeVersion: '20.19.0',
    isolation: async () => ({
      level: 'none',
      orphanGuard: 'watchdog',
      missing: [],
      available: ['none'],
      unavailable: [{ level: 'bubblewrap', reason: 'bubblewrap is not installed' }],
    }),
    answers: async () => false,
    root: false,
    ...over,
  });
  const statusOf = async (id: string, facts: HostFacts, isolation?: 'bubblewrap') =>
    (await hostChecks({ stateDir: folder, isolation }, facts)).find((check) => check.id === id);

  it('OPS-02: an old Node fails; no isolation is said plainly; a level that is forced and not there fails', async () => {
    for (const [version, status] of [
      ['20.19.0', 'ok'],
      ['22.1.0', 'ok'],
      ['20.18.3', 'failed'],
      ['18.99.0', 'failed'],
    ] as const)
      expect(await statusOf('host.node', host({ nodeVersion: version }))).toMatchObject({ status });
    expect(await statusOf('isolation.level', host())).toMatchObject({ status: 'warning', detail: expect.stringContaining('NONE') });
    expect(await statusOf('isolation.walls', host())).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('metadata address'),
    });
    expect(await statusOf('isolation.level', host(), 'bubblewrap')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('CONNECTOR_ISOLATION_UNAVAILABLE'),
      remedy: 'apt-get install bubblewrap',
    });
  });

  it('OPS-02: a metadata address that answers is warned of', async () => {
    expect(await statusOf('host.metadata', host())).toMatchObject({ status: 'ok' });
    const asked: string[] = [];
    const facts = host({ answers: async (address, port) => (asked.push(`${address}:${port}`), true) });
    expect(await statusOf('host.metadata', facts)).toMatchObject({ status: 'warning' });
    expect(asked).toEqual(['169.254.169.254:80']);
  });
});

describe('the clocks', () => {
  const at = Date.parse('2026-11-22T10:00:00Z');
  const verdict = (offMs: number, tookMs = 20) => clockCheck({ server: new Date(at + offMs), asked: at, answered: at + tookMs });

  it('OPS-02: a few seconds apart are warned of, a minute fails, and each says how far, which way and what to do', () => {
    for (const [off, status] of [
      [0, 'ok'],
      [2_500, 'ok'],
      [-2_500, 'ok'],
      [4_000, 'warning'],
      [-4_000, 'warning'],
      [61_000, 'failed'],
      [-61_000, 'failed'],
    ] as const)
      expect([off, verdict(off).status]).toEqual([off, status]);
    expect(verdict(90_000)).toMatchObject({
      detail: expect.stringContaining('90 s behind the database server'),
      remedy: expect.any(String),
    });
    expect(verdict(-90_000).detail).toContain('90 s ahead of the database server');
  });

  it('OPS-02: a slow answer is no clock that is off; a server that does not tell its time is said', () => {
    expect(verdict(4_000, 5_000)).toMatchObject({ status: 'ok' });
    expect(clockCheck(null)).toMatchObject({ status: 'warning' });
  });
});

/** `sv0 credentials` as an operator uses it: values by standard input, presence on standard output. */
import { execa } from 'execa';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const database = withDatabase();
const CANARY = `canary-${randomUUID()}`;
let stateDir = '';
let keyFiles = '';

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sv0-cli-'));
  const created_at = new Date();
  const [tenant, _id] = [tenantId('acme'), instanceId('acme-github')];
  await createTenantRepository(database.collections).create({ _id: tenant, slug: 'ACME', name: 'Acme', kind: 'demo', created_at });
  await createInstanceRepository(database.collections).create(tenant, {
    _id,
    connector: 'github',
    name: 'github',
    source_tenant: 'acme',
    credentials_ref: { provider: 'store', ref: 'MAIN' },
    config: {},
    status: 'active',
    created_at,
  });
  const first = await keyFile('first');
  keyFiles = first;
});
afterAll(() => rm(stateDir, { recursive: true }));

async function keyFile(name: string): Promise<string> {
  const file = join(stateDir, name);
  await writeFile(file, name === 'first' ? '11'.repeat(32) : '22'.repeat(32), { mode: 0o600 });
  return file;
}

const sv0 = (args: readonly string[], input = '') =>
  execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'credentials', ...args], {
    input,
    reject: false,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      MONGODB_URI: testMongoUri(),
      SV0_MONGODB_DATABASE: database.name,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SV0_STATE_DIR: stateDir,
      SV0_CREDENTIAL_KEYS: keyFiles,
    },
  });

describe('sv0 credentials', () => {
  it('API-03 CRED-07: a value goes in by standard input, and only presence comes out', async () => {
    const put = await sv0(['put', 'acme-github', '--kind', 'github_token'], JSON.stringify({ token: CANARY }));
    expect([put.exitCode, put.stderr]).toEqual([0, '']);
    expect(JSON.parse(put.stdout)).toMatchObject({ state: 'active', kind: 'github_token', version: 1, field_names: ['token'] });
    const status = await sv0(['status', 'acme-github']);
    expect(JSON.parse(status.stdout)).toEqual(JSON.parse(put.stdout));
    for (const { stdout, stderr } of [put, status]) expect(stdout + stderr).not.toContain(CANARY);
  });

  it('CRED-02: a key is rotated: the new file first, the old one behind it until nothing needs it', async () => {
    const [old, next] = [keyFiles, await keyFile('second')];
    keyFiles = `${next},${old}`;
    expect((await sv0(['rotate'])).stdout).toContain('1 re-wrapped');
    keyFiles = next;
    expect((await sv0(['rotate'])).stdout).toContain('0 re-wrapped, 0 changed meanwhile, 0 that do not open');
    keyFiles = old;
    const without = await sv0(['rotate']);
    expect([without.exitCode, without.stdout]).toEqual([1, expect.stringContaining('acme/acme-github')]);
    keyFiles = next;
  });

  it('API-03 CRED-12: bad input changes nothing and shows nothing; a revocation is seen', async () => {
    for (const [args, input, code] of [
      [['put', 'acme-github', '--kind', 'github_token'], `{"token": ${CANARY}`, 'INVALID_CREDENTIAL'],
      [['put', 'acme-github', '--kind', 'password'], JSON.stringify({ token: CANARY }), 'INVALID_CREDENTIAL'],
      [['put', 'nobody', '--kind', 'github_token'], JSON.stringify({ token: CANARY }), 'INSTANCE_NOT_FOUND'],
    ] as const) {
      const { exitCode, stdout, stderr } = await sv0(args, input);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain(code);
      expect(stderr).not.toContain(CANARY);
    }
    expect(JSON.parse((await sv0(['revoke', 'acme-github'])).stdout)).toMatchObject({ state: 'revoked', kind: null });
    expect((await sv0(['revoke', 'acme-github'])).stderr).toContain('CREDENTIAL_STATE');
  });
});

/** `sv0 audit` as an operator or an auditor uses it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';
import { tenantId } from '../../domain/ids.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';

const database = withDatabase();
const ACME = tenantId('acme');
let stateDir = '';

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sv0-audit-'));
  await createTenantRepository(database.collections).create({
    _id: ACME,
    slug: 'ACME',
    name: 'Acme',
    kind: 'demo',
    created_at: new Date(),
  });
  const audit = createAuditRepository(database.collections);
  for (const outcome of ['attempted', 'granted'] as const)
    await audit.append(ACME, { action: 'credential.resolve', outcome, actor: 'run:r1', subject: { key_names: ['A', 'B'], ref: 'MAIN' } });
  await audit.append(ACME, { action: 'schedule.set', outcome: 'done', actor: 'cli:ada', subject: { scope: 's' } });
});
afterAll(() => rm(stateDir, { recursive: true }));

const sv0 = (...args: readonly string[]) =>
  execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'audit', ...args], {
    reject: false,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      MONGODB_URI: testMongoUri(),
      SV0_MONGODB_DATABASE: database.name,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SV0_STATE_DIR: stateDir,
    },
  });

describe('sv0 audit', () => {
  it('CRED-08: records are read per tenant, newest first, by action and by page', async () => {
    const all = await sv0('list', '--tenant', 'acme', '--json', '--limit', '2');
    expect([all.exitCode, all.stderr]).toEqual([0, '']);
    const { items, next } = JSON.parse(all.stdout);
    expect(items.map((it: { seq: number; action: string }) => [it.seq, it.action])).toEqual([
      [3, 'schedule.set'],
      [2, 'credential.resolve'],
    ]);
    expect(next).toEqual({ seq: 2 });
    const one = await sv0('list', '--tenant', 'acme', '--action', 'credential.resolve', '--before', '2');
    expect(one.stdout).toMatch(/run:r1[^]*key_names=A,B[^]*ref=MAIN/);
    expect(one.stdout).not.toContain('granted');
    const nobody = await sv0('list', '--tenant', 'nobody');
    expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining('TENANT_NOT_FOUND')]);
  });

  it('CRED-08: verify tells an intact log from a broken one, and from one that no longer has a noted head', async () => {
    const before = await sv0('verify', '--tenant', 'acme');
    expect([before.exitCode, before.stdout]).toEqual([0, expect.stringMatching(/^intact: 3 records; head 3:[0-9a-f]{64}/)]);
    const head = / head (\S+)/.exec(before.stdout)?.[1] ?? '';
    expect((await sv0('verify', '--tenant', 'acme', '--anchor', head)).exitCode).toBe(0);
    const other = await sv0('verify', '--tenant', 'acme', '--anchor', `3:${'0'.repeat(64)}`, '--json');
    expect([other.exitCode, JSON.parse(other.stdout)]).toEqual([1, { intact: false, seq: 3, problem: 'changed' }]);

    await database.collections.audit.deleteOne({ _id: 'acme:2' });
    const cut = await sv0('verify', '--tenant', 'acme');
    expect([cut.exitCode, cut.stdout]).toEqual([1, 'broken at record 2: missing']);
    expect((await sv0('verify', '--tenant', 'acme', '--anchor', 'nonsense')).exitCode).toBe(2);
  });
});

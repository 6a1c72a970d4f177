/** `sv0 audit` as an operator or an auditor uses it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantId } from '../../domain/ids.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { serveDatabase } from '../support/cli.ts';
import { withDatabase } from '../support/mongo.ts';

const database = withDatabase();
const ACME = tenantId('acme');
let api: Awaited<ReturnType<typeof serveDatabase>>;

beforeAll(async () => {
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
  api = await serveDatabase(database);
});
afterAll(() => api.close());

const sv0 = (...words: readonly string[]) => api.sv0(['audit', ...words]);

describe('sv0 audit', () => {
  it('CRED-08: records are read per tenant, newest first, by action and by page', async () => {
    const all = await sv0('list', '--tenant', 'acme', '--json', '--limit', '2');
    expect([all.code, all.err]).toEqual([0, '']);
    const { items, next_cursor } = JSON.parse(all.out);
    expect(items.map((it: { seq: number; action: string }) => [it.seq, it.action])).toEqual([
      [3, 'schedule.set'],
      [2, 'credential.resolve'],
    ]);
    const rest = JSON.parse((await sv0('list', '--tenant', 'acme', '--json', '--limit', '2', '--cursor', next_cursor)).out);
    expect(rest).toMatchObject({ items: [{ seq: 1 }], next_cursor: null });
    const first = await sv0('list', '--tenant', 'acme', '--action', 'credential.resolve', '--limit', '1');
    const more = /more with --cursor (\S+)/.exec(first.out)?.[1] ?? '';
    const one = await sv0('list', '--tenant', 'acme', '--action', 'credential.resolve', '--cursor', more);
    expect(one.out).toMatch(/run:r1[^]*key_names=A,B[^]*ref=MAIN/);
    expect(one.out).not.toContain('granted');
    const nobody = await sv0('list', '--tenant', 'nobody');
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('TENANT_NOT_FOUND')]);
  });

  it('CRED-08: verify tells an intact log from a broken one, and from one that no longer has a noted head', async () => {
    const before = await sv0('verify', '--tenant', 'acme');
    expect([before.code, before.out]).toEqual([0, expect.stringMatching(/^intact: 3 records; head 3:[0-9a-f]{64}/)]);
    const head = / head (\S+)/.exec(before.out)?.[1] ?? '';
    expect((await sv0('verify', '--tenant', 'acme', '--anchor', head)).code).toBe(0);
    const other = await sv0('verify', '--tenant', 'acme', '--anchor', `3:${'0'.repeat(64)}`, '--json');
    expect([other.code, JSON.parse(other.out)]).toEqual([1, { intact: false, seq: 3, problem: 'changed' }]);

    await database.collections.audit.deleteOne({ _id: 'acme:2' });
    const cut = await sv0('verify', '--tenant', 'acme');
    expect([cut.code, cut.out]).toEqual([1, 'broken at record 2: missing\n']);
    expect((await sv0('verify', '--tenant', 'acme', '--anchor', 'nonsense')).code).toBe(2);
  });

  it('CRED-08: the platform’s own log is read and verified as a tenant’s; a tenant that is not there is not', async () => {
    const audit = createAuditRepository(database.collections);
    await audit.append(PLATFORM, { action: 'session.signed_in', outcome: 'done', actor: 'ada', subject: { how: 'oidc' } });
    const listed = await sv0('list', '--tenant', PLATFORM, '--json');
    expect([listed.code, JSON.parse(listed.out).items.map((it: { action: string }) => it.action)]).toEqual([0, ['session.signed_in']]);
    expect((await sv0('verify', '--tenant', PLATFORM)).out).toContain('intact: 1 records');
    expect((await sv0('list', '--tenant', 'nobody')).err).toContain('TENANT_NOT_FOUND');
  });
});

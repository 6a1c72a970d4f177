import { describe, expect, it } from 'vitest';
import { createCredentialBroker } from '../../broker/credential-broker.ts';
import { createEnvProvider } from '../../broker/providers/env.ts';
import { createOpProvider } from '../../broker/providers/op.ts';
import { digestOf } from '../../domain/canonical.ts';
import { tenantId } from '../../domain/ids.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createTenantStateRepository } from '../../storage/mongo/tenant-state.ts';
import type { AuditEntry } from '../../storage/ports/audit.ts';
import { auditViews } from '../../storage/views/audit.ts';
import { measureViews } from '../../storage/views/measures.ts';
import { awsManifest, verifiedAs } from '../broker/fixtures.ts';
import { withDatabase } from '../support/mongo.ts';
import { later, NOW } from './rows.ts';

const database = withDatabase();
const audit = () => createAuditRepository(database.collections);
const AWS_ENVIRONMENT = {
  SV0_TENANT_ACME_AWS_AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  SV0_TENANT_ACME_AWS_AWS_SECRET_ACCESS_KEY: 'a-secret-of-ours',
};
let next = 0;
const newTenant = () => tenantId(`t-audit-${(next += 1)}`);
const entry = (key: string): AuditEntry => ({
  at: NOW,
  action: 'credential.resolve',
  outcome: 'attempted',
  actor: 'run:1',
  subject: { version: 2, keys: ['A', 'B'], key, none: null },
});

async function filled(count = 5) {
  const tenant = newTenant();
  for (let index = 0; index < count; index += 1) await audit().append(tenant, entry(`k${index}`));
  return tenant;
}

describe('audit', () => {
  it('CRED-08: records are chained per tenant, and verify', async () => {
    const [tenant, other] = [await filled(), await filled(2)];
    const [head] = await audit().list(tenant, { limit: 1 });
    expect(await audit().verify(tenant)).toEqual({ intact: true, records: 5, head: { seq: 5, hash: head?.hash } });
    expect(await audit().verify(other)).toMatchObject({ intact: true, records: 2 });
    expect(await audit().verify(newTenant())).toEqual({ intact: true, records: 0, head: null });
    const list = await audit().list(tenant, { limit: 2, before_seq: 5 });
    expect(list.map(({ seq }) => seq)).toEqual([4, 3]);
    expect(list[0]?.previous).toBe(list[1]?.hash);
  });

  it('CRED-08: appends at once are all kept, in one chain', async () => {
    const tenant = newTenant();
    await Promise.all(Array.from({ length: 20 }, (_, index) => audit().append(tenant, entry(`k${index}`))));
    expect(await audit().verify(tenant)).toMatchObject({ intact: true, records: 20 });
    const keys = (await audit().list(tenant)).map(({ subject }) => subject['key']);
    expect(new Set(keys).size).toBe(20);
  });

  it('CRED-08: a cut, a changed and a reordered record are found', async () => {
    const rows = database.collections.audit;
    const cut = await filled();
    await rows.deleteOne({ _id: `${cut}:3` });
    expect(await audit().verify(cut)).toEqual({ intact: false, seq: 3, problem: 'missing' });

    const end = await filled();
    await rows.deleteMany({ _id: { $in: [`${end}:4`, `${end}:5`] } });
    expect(await audit().verify(end)).toEqual({ intact: false, seq: 4, problem: 'missing' });

    for (const change of [{ actor: 'someone else' }, { outcome: 'granted' as const }, { 'subject.version': 3 }, { at: later(1) }]) {
      const changed = await filled();
      await rows.updateOne({ _id: `${changed}:2` }, { $set: change });
      expect(await audit().verify(changed)).toEqual({ intact: false, seq: 2, problem: 'changed' });
    }

    const reordered = await filled();
    const [second, third] = [await rows.findOne({ _id: `${reordered}:2` }), await rows.findOne({ _id: `${reordered}:3` })];
    await rows.updateOne({ _id: `${reordered}:2` }, { $set: { subject: third?.subject ?? {}, hash: third?.hash ?? '' } });
    await rows.updateOne({ _id: `${reordered}:3` }, { $set: { subject: second?.subject ?? {}, hash: second?.hash ?? '' } });
    expect(await audit().verify(reordered)).toMatchObject({ intact: false, seq: 2 });

    const foreign = await filled(1);
    const theirs = await filled(1);
    const record = await rows.findOne({ _id: `${theirs}:1` });
    await rows.updateOne({ _id: `${foreign}:1` }, { $set: { subject: record?.subject ?? {}, hash: record?.hash ?? '' } });
    expect(await audit().verify(foreign)).toEqual({ intact: false, seq: 1, problem: 'changed' });
  });

  it('CRED-08: a record that is rewritten with a fitting hash breaks the link to the next', async () => {
    const tenant = await filled();
    const rows = database.collections.audit;
    // As somebody with the code would.
    const record = await rows.findOne({ _id: `${tenant}:2` });
    if (record === null) throw new Error('unreachable');
    const { _id, hash: _, ...content } = { ...record, actor: 'forged' };
    await rows.updateOne({ _id }, { $set: { actor: 'forged', hash: digestOf({ ...content, at: content.at.toISOString() }) } });
    expect(await audit().verify(tenant)).toEqual({ intact: false, seq: 3, problem: 'unlinked' });
  });

  it('CRED-08: a chain that was written anew, or cut together with its count, does not fit a record noted elsewhere', async () => {
    const { audit: rows, tenantState } = database.collections;
    const tenant = await filled();
    const [noted] = await audit().list(tenant, { limit: 1 });
    if (noted === undefined) throw new Error('unreachable');
    expect(await audit().verify(tenant, noted)).toMatchObject({ intact: true });

    await rows.deleteMany({ tenant_id: tenant });
    await tenantState.updateOne({ _id: tenant }, { $set: { audit_seq: 0 } });
    expect(await audit().verify(tenant)).toMatchObject({ intact: true, records: 0 });
    expect(await audit().verify(tenant, noted)).toEqual({ intact: false, seq: 1, problem: 'missing' });

    for (let index = 0; index < 6; index += 1) await audit().append(tenant, entry('anew'));
    expect(await audit().verify(tenant)).toMatchObject({ intact: true, records: 6 });
    expect(await audit().verify(tenant, noted)).toEqual({ intact: false, seq: 5, problem: 'changed' });
  });
});

describe('the view', () => {
  it('CRED-08 API-05: pages of one tenant, newest first, by action; another tenant sees nothing of them', async () => {
    const tenant = await filled(5);
    await audit().append(tenant, { ...entry('other'), action: 'schedule.set' });
    const { auditRecords } = auditViews(audit());
    const first = await auditRecords(tenant, {}, { limit: 4 });
    expect([first.items.map(({ seq }) => seq), first.next]).toEqual([[6, 5, 4, 3], { seq: 3 }]);
    const last = await auditRecords(tenant, {}, { limit: 4, after: { seq: 3 } });
    expect([last.items.map(({ seq }) => seq), last.next]).toEqual([[2, 1], null]);
    expect(Object.keys(first.items[0] ?? {})).not.toContain('_id');
    const some = await auditRecords(tenant, { action: 'schedule.set' }, { limit: 4 });
    expect(some.items.map(({ seq, action }) => [seq, action])).toEqual([[6, 'schedule.set']]);
    expect(await auditRecords(newTenant(), {}, { limit: 4 })).toEqual({ items: [], next: null });
    await expect(auditRecords(undefined as never, {}, { limit: 4 })).rejects.toMatchObject({ code: 'INVALID_ID' });
    await expect(auditRecords(tenant, { action: { $ne: '' } as never }, { limit: 4 })).rejects.toMatchObject({ code: 'INVALID_SCALAR' });
  });
});

describe('tenant state', () => {
  it('FLOW-03: pass numbers rise by one per tenant, also at once, and beside the audit count', async () => {
    const tenant = newTenant();
    const state = createTenantStateRepository(database.collections);
    expect(await state.currentPass(tenant)).toBe(0);
    await audit().append(tenant, entry('a'));
    const numbers = await Promise.all(Array.from({ length: 10 }, () => state.nextPass(tenant)));
    expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await state.currentPass(tenant)).toBe(10);
    expect(await audit().verify(tenant)).toMatchObject({ intact: true, records: 1 });
  });
});

describe('what the metrics say of credential resolves', () => {
  const DAY = 86_400;

  it('CRED-08: provider, outcome and code of every tenant’s resolves of the last day, as the broker records them; no name of anyone', async () => {
    const now = () => later(5 * DAY);
    const broker = createCredentialBroker({
      providers: [createEnvProvider(AWS_ENVIRONMENT), createOpProvider()],
      manifestOf: () => awsManifest,
      audit: createAuditRepository(database.collections, now),
    });
    await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch');
    await broker.resolve(verifiedAs('ACME', 'AWS'), 'preflight');
    await expect(broker.resolve(verifiedAs('GLOBEX', 'AWS'), 'launch')).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
    await expect(broker.resolve(verifiedAs('GLOBEX', 'AWS', 'op'), 'launch')).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    const counted = await measureViews(database.collections, now).recentResolves();
    expect(counted).toEqual([
      { provider: 'env', outcome: 'attempted', code: '', count: 3 },
      { provider: 'env', outcome: 'granted', code: '', count: 2 },
      { provider: 'env', outcome: 'refused', code: 'CREDENTIALS_REQUIRED', count: 1 },
      { provider: 'op', outcome: 'attempted', code: '', count: 1 },
      { provider: 'op', outcome: 'refused', code: 'PROVIDER_REFUSED', count: 1 },
    ]);
    expect(await measureViews(database.collections, () => later(7 * DAY)).recentResolves()).toEqual([]);
  });

  it('CRED-08: a thousand records are read at most, and what is not of our vocabulary is no label', async () => {
    const at = later(20 * DAY);
    const subject = { provider: 'acme"} 1\nforged', code: 'of the customer' };
    const [tenant_id, record] = [newTenant(), { action: 'credential.resolve', outcome: 'refused' as const, actor: 'run:1', subject, at }];
    const rows = Array.from({ length: 1_010 }, (_, n) => ({
      _id: `${tenant_id}:${n}`,
      tenant_id,
      seq: n,
      ...record,
      previous: '',
      hash: '',
    }));
    await database.collections.audit.insertMany(rows);
    const counted = await measureViews(database.collections, () => at).recentResolves();
    expect(counted).toEqual([{ provider: 'other', outcome: 'refused', code: 'OTHER', count: 1_000 }]);
  });
});

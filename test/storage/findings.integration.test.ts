import { describe, expect, it } from 'vitest';
import { digestOf, sha256 } from '../../domain/canonical.ts';
import { planFindings } from '../../domain/findings/lifecycle.ts';
import type { Evaluation, FindingContent } from '../../domain/findings/types.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createFindingRepository } from '../../storage/mongo/findings.ts';
import type { SignedPack } from '../../storage/ports/evidence.ts';
import { withDatabase } from '../support/mongo.ts';
import { later } from './rows.ts';

const database = withDatabase();
const findings = () => createFindingRepository(database.collections);
const evidence = () => createEvidenceRepository(database.collections);
let next = 0;
const newTenant = () => tenantId(`t-findings-${(next += 1)}`);

function finding(id: string, facts: FindingContent['facts'] = {}): FindingContent {
  return {
    id,
    rule_id: 'admin_policy',
    rule_version: 1,
    title: 'x',
    severity: 'critical',
    subject: 'e',
    subject_name: 'ada',
    source_system: 'aws',
    identity: { role: id },
    facts,
    explanation: { entities: ['e'], edges: [], chains: [], paths: [] },
  };
}

const evaluation = (list: readonly FindingContent[]): Evaluation => ({
  findings: list,
  not_evaluated: { rules: [], findings: [] },
  rule_errors: [],
  counts: { finding: list.length, clear: 0, not_evaluated: 0 },
  rules: [],
});

async function evaluate(tenant: TenantId, pass: number, list: readonly FindingContent[]) {
  const stamp = { pass, now: later(pass) };
  const plan = planFindings(await findings().loadAll(tenant), evaluation(list), stamp);
  const changed = [...plan.created, ...plan.updated, ...plan.resolved, ...plan.reopened];
  return findings().apply(tenant, { changed, touched: plan.touched }, stamp);
}

describe('findings', () => {
  it('DATA-05, RUN-05: created, updated, resolved and reopened are counted from the records, repeated or not', async () => {
    const tenant = newTenant();
    const zero = { created: 0, updated: 0, resolved: 0, reopened: 0 };
    expect(await evaluate(tenant, 1, [finding('a'), finding('b'), finding('c')])).toEqual({ ...zero, created: 3 });
    expect(await evaluate(tenant, 1, [finding('a'), finding('b'), finding('c')])).toEqual({ ...zero, created: 3 });
    expect(await evaluate(tenant, 2, [finding('a'), finding('b', { age: 1 })])).toEqual({ ...zero, updated: 1, resolved: 1 });
    expect(await evaluate(tenant, 2, [finding('a'), finding('b', { age: 1 })])).toEqual({ ...zero, updated: 1, resolved: 1 });
    expect((await findings().loadOpen(tenant)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await evaluate(tenant, 3, [finding('a'), finding('b', { age: 1 }), finding('c')])).toEqual({ ...zero, reopened: 1 });
    expect(await findings().get(tenant, 'c')).toMatchObject({
      status: 'open',
      opened_at: later(1),
      reopened_at: later(3),
      resolved_at: null,
    });
    expect(await findings().get(tenant, 'a')).toMatchObject({ pass: 3, changed_pass: 1, last_seen_at: later(3) });
    expect((await findings().list(tenant, { status: 'open', rule_id: 'admin_policy', after: 'a', limit: 1 })).map(({ id }) => id)).toEqual([
      'b',
    ]);
    expect((await findings().list(tenant, { changed_pass: 2 })).map(({ id }) => id)).toEqual(['b']);
  });

  it('FLOW-03: a late pass is fenced', async () => {
    const tenant = newTenant();
    await evaluate(tenant, 5, [finding('a')]);
    const stale = planFindings([], evaluation([finding('a', { late: true })]), { pass: 4, now: later(4) });
    await expect(findings().apply(tenant, { changed: stale.created, touched: [] }, { pass: 4, now: later(4) })).rejects.toMatchObject({
      name: 'FencedError',
    });
    expect((await findings().get(tenant, 'a')).facts).toEqual({});
  });

  it('DATA-05: a suppression that someone sets while a pass is at work is not written over', async () => {
    const tenant = newTenant();
    await evaluate(tenant, 1, [finding('a')]);
    const read = await findings().loadAll(tenant);
    const suppression = { reason: 'accepted', author: 'ops', until: '2027-01-01T00:00:00Z' };
    await findings().suppress(tenant, 'a', suppression);
    const plan = planFindings(read, evaluation([finding('a', { age: 2 })]), { pass: 2, now: later(2) });
    await findings().apply(tenant, { changed: plan.updated, touched: plan.touched }, { pass: 2, now: later(2) });
    expect(await findings().get(tenant, 'a')).toMatchObject({ suppression, facts: { age: 2 } });
    expect((await findings().suppress(tenant, 'a', null)).suppression).toBeNull();
  });
});

function pack(tenant: string, findingId: string, content: string): SignedPack {
  const entries = [{ path: 'finding.json', digest: sha256(content), bytes: content.length }];
  const manifest = {
    schema: 'sv0.evidence-pack/1',
    tenant_id: tenant,
    finding_id: findingId,
    rule: { id: 'admin_policy', version: 1 },
    builder_versions: {},
    syncs: [],
    entries,
  } as const;
  return {
    digest: digestOf(manifest),
    manifest,
    envelope: { payloadType: 'x', payload: 'p', signatures: [{ keyid: 'k', sig: `${content}-sig` }] },
  };
}

describe('evidence', () => {
  it('DATA-08, RUN-05: packs are counted from the records, superseded by newer ones, and current again when built again', async () => {
    const tenant = newTenant();
    const [one, two, other] = [pack(tenant, 'f1', '1'), pack(tenant, 'f1', '2'), pack(tenant, 'f2', '1')];
    expect(await evidence().putPacks(tenant, [one, other], { pass: 1, now: later(1) })).toBe(2);
    expect(await evidence().putPacks(tenant, [one, other], { pass: 1, now: later(1) })).toBe(2);
    expect(await evidence().putPacks(tenant, [], { pass: 2, now: later(2) })).toBe(0);
    expect(await evidence().putPacks(tenant, [two], { pass: 3, now: later(3) })).toBe(1);
    expect((await evidence().findByFinding(tenant, 'f1'))?.digest).toBe(two.digest);
    expect((await evidence().findByFinding(tenant, 'f2'))?.digest).toBe(other.digest);
    expect(await evidence().getPack(tenant, one.digest)).toMatchObject({ superseded_at: later(3) });
    expect(await evidence().currentPacks(tenant, ['f1', 'f2', 'f3'])).toEqual(new Set([two.digest, other.digest]));
    expect(
      await evidence().putPacks(tenant, [{ ...one, envelope: { ...one.envelope, payload: 'signed again' } }], { pass: 4, now: later(4) }),
    ).toBe(1);
    expect(await evidence().findByFinding(tenant, 'f1')).toMatchObject({
      digest: one.digest,
      envelope: { payload: 'p' },
      superseded_at: null,
    });
    expect(await evidence().getPack(tenant, two.digest)).toMatchObject({ superseded_at: later(4) });
  });

  it('DATA-08 RUN-15: a worker that is lost between a pack and the end of the older one leaves two, and the next try ends it', async () => {
    const tenant = newTenant();
    const [one, two] = [pack(tenant, 'f1', '1'), pack(tenant, 'f1', '2')];
    await evidence().putPacks(tenant, [one], { pass: 1, now: later(1) });
    const { evidencePacks, evidenceBlobs } = database.collections;
    const dying = Object.create(evidencePacks) as typeof evidencePacks;
    dying.updateMany = () => Promise.reject(new Error('killed'));
    const put = createEvidenceRepository({ evidencePacks: dying, evidenceBlobs }).putPacks(tenant, [two], { pass: 2, now: later(2) });
    await expect(put).rejects.toThrow('killed');
    expect(await evidence().currentPacks(tenant, ['f1'])).toEqual(new Set());
    expect(await evidence().putPacks(tenant, [two], { pass: 2, now: later(2) })).toBe(1);
    expect(await evidence().currentPacks(tenant, ['f1'])).toEqual(new Set([two.digest]));
    expect(await evidence().getPack(tenant, one.digest)).toMatchObject({ superseded_at: later(2) });
  });

  it('DATA-08: blobs are insert-only, of one tenant, and what their digest says', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const blobs = ['{"a":1}', '{"b":2}'].map((bytes) => ({ digest: sha256(bytes), bytes }));
    await Promise.all([evidence().putBlobs(tenant, [...blobs, ...blobs]), evidence().putBlobs(tenant, blobs)]);
    const digests = blobs.map(({ digest }) => digest);
    expect(await evidence().getBlobs(tenant, digests)).toEqual([...blobs].sort((a, b) => (a.digest < b.digest ? -1 : 1)));
    await expect(evidence().getBlobs(other, digests)).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(evidence().putBlobs(tenant, [{ digest: digests[0] as string, bytes: 'other' }])).rejects.toMatchObject({
      code: 'BLOB_DIGEST_MISMATCH',
    });
  });
});

/**
 * The audit log (CRED-08): insert-only, one chain of hashes per tenant. Whoever appends reads the last record and inserts the next number;
 * the `_id` decides between two who do so at once. The count beside it shows when the end of the chain was cut off.
 */
import { digestOf } from '../../domain/canonical.ts';
import { TransientError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { AuditDoc, Collections } from '../collections.ts';
import type { AuditAnchor, AuditEntry, AuditRepository, AuditVerdict } from '../ports/audit.ts';
import { isDuplicateKey, mappingErrors, upserting } from './errors.ts';
import { instant, oneOf, ownTenant, pageSize, text, whole } from './guards.ts';

const OUTCOMES = ['attempted', 'granted', 'refused', 'done'] as const;
const GENESIS = '0'.repeat(64);
/** Of n appends at once the last one tries n times. */
const ATTEMPTS = 200;

type AuditCollections = Pick<Collections, 'audit' | 'tenantState'>;

export function createAuditRepository({ audit, tenantState }: AuditCollections, now: () => Date = () => new Date()): AuditRepository {
  const last = (tenant: TenantId): Promise<AuditDoc | null> => audit.findOne({ tenant_id: tenant }, { sort: { seq: -1 } });

  return mappingErrors<AuditRepository>('audit', {
    async append(tenant, entry) {
      const tenant_id = ownTenant(tenant);
      const facts = checked(entry, now);
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const before = await last(tenant_id);
        const record = chained(tenant_id, facts, before);
        try {
          await audit.insertOne(record);
        } catch (error) {
          if (isDuplicateKey(error)) continue;
          throw error;
        }
        const counted = { $max: { audit_seq: record.seq }, $setOnInsert: { pass: 0 } };
        await upserting(() => tenantState.updateOne({ _id: tenant_id }, counted, { upsert: true }));
        return record;
      }
      throw new TransientError('too many audit records at once', { code: 'AUDIT_CONTENDED', subject: tenant_id });
    },

    async verify(tenant, anchor): Promise<AuditVerdict> {
      const tenant_id = ownTenant(tenant);
      const noted = anchor === undefined ? null : { seq: whole('anchor.seq', anchor.seq), hash: text('anchor.hash', anchor.hash) };
      let expected = 1;
      let previous = GENESIS;
      // Read before the walk: records that are appended meanwhile are no loss.
      const counted = (await tenantState.findOne({ _id: tenant_id }))?.audit_seq ?? 0;
      for await (const record of audit.find({ tenant_id }).sort({ seq: 1 })) {
        const problem = problemOf(record, expected, previous) ?? againstNote(record, noted);
        if (problem !== null) return { intact: false, seq: expected, problem };
        previous = record.hash;
        expected += 1;
      }
      const records = expected - 1;
      if (records < Math.max(counted, noted?.seq ?? 0)) return { intact: false, seq: expected, problem: 'missing' };
      return { intact: true, records, head: records === 0 ? null : { seq: records, hash: previous } };
    },

    async list(tenant, page = {}) {
      const filter = {
        tenant_id: ownTenant(tenant),
        ...(page.action === undefined ? {} : { action: text('action', page.action) }),
        ...(page.before_seq === undefined ? {} : { seq: { $lt: whole('before_seq', page.before_seq) } }),
      };
      return audit
        .find(filter)
        .sort({ seq: -1 })
        .limit(pageSize(page.limit, 100, 1000))
        .toArray();
    },
  });
}

type Facts = Pick<AuditDoc, 'at' | 'action' | 'outcome' | 'actor' | 'subject'>;

function checked(entry: AuditEntry, now: () => Date): Facts {
  return {
    at: instant('at', entry.at ?? now()),
    action: text('action', entry.action),
    outcome: oneOf('outcome', entry.outcome, OUTCOMES),
    actor: text('actor', entry.actor),
    // Sorted, so that what is read back hashes as what was written.
    subject: Object.fromEntries(
      Object.entries(entry.subject)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function chained(tenant_id: TenantId, facts: Facts, before: AuditDoc | null): AuditDoc {
  const seq = (before?.seq ?? 0) + 1;
  const record = { tenant_id, seq, ...facts, previous: before?.hash ?? GENESIS };
  return { _id: `${tenant_id}:${seq}`, ...record, hash: hashOf(record) };
}

function hashOf(record: Omit<AuditDoc, '_id' | 'hash'>): string {
  const { tenant_id, seq, at, action, outcome, actor, subject, previous } = record;
  return digestOf({ tenant_id, seq, at: at.toISOString(), action, outcome, actor, subject, previous });
}

function problemOf(record: AuditDoc, expected: number, previous: string): 'missing' | 'changed' | 'unlinked' | null {
  if (record.seq !== expected) return 'missing';
  if (record._id !== `${record.tenant_id}:${record.seq}` || hashOf(record) !== record.hash) return 'changed';
  return record.previous === previous ? null : 'unlinked';
}

const againstNote = (record: AuditDoc, noted: AuditAnchor | null): 'changed' | null =>
  noted !== null && record.seq === noted.seq && record.hash !== noted.hash ? 'changed' : null;

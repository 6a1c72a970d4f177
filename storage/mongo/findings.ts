/** Findings (DATA-05). What to write is planned in `domain/findings/lifecycle.ts`; here it is fenced by pass and counted. */
import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import { FencedError, NotFoundError } from '../../domain/errors.ts';
import type { FindingRecord } from '../../domain/findings/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections, FindingDoc } from '../collections.ts';
import type { FindingFilter, FindingRepository } from '../ports/findings.ts';
import { batchesOf, fencedWrites, setByIds } from './bulk.ts';
import { mappingErrors } from './errors.ts';
import { instant, oneOf, ownTenant, pageSize, text, texts, whole } from './guards.ts';

const STATUSES = ['open', 'resolved'] as const;
const OWN_FIELDS = { _id: 0, tenant_id: 0 } as const;

export function createFindingRepository({ findings }: Pick<Collections, 'findings'>): FindingRepository {
  const read = (filter: Filter<FindingDoc>) => findings.find(filter, { projection: OWN_FIELDS }).sort({ id: 1 });

  return mappingErrors<FindingRepository>('findings', {
    loadAll: async (tenant) => (await read({ tenant_id: ownTenant(tenant) }).toArray()) as readonly FindingRecord[],
    loadOpen: async (tenant) => (await read({ tenant_id: ownTenant(tenant), status: 'open' }).toArray()) as readonly FindingRecord[],

    async apply(tenant, { changed, touched }, { pass, now }) {
      const tenant_id = ownTenant(tenant);
      whole('pass', pass);
      for (const batch of batchesOf(changed)) {
        if (
          (await fencedWrites(
            findings,
            batch.map((record) => ({ upsert: upsertOf(tenant_id, record, pass) })),
          )) > 0
        )
          throw new FencedError(`pass ${pass}`);
      }
      for (const batch of batchesOf(texts('touched', touched))) {
        const ids = batch.map((id) => `${tenant_id}:${id}`);
        await setByIds(findings, ids, { tenant_id, pass: { $lte: pass } }, { pass, last_seen_at: instant('now', now) });
      }
      const count = (change: FindingRecord['change']): Promise<number> =>
        findings.countDocuments({ tenant_id, changed_pass: pass, change });
      const [first, second, third, fourth] = await Promise.all([count('created'), count('updated'), count('resolved'), count('reopened')]);
      return { created: first, updated: second, resolved: third, reopened: fourth };
    },

    async get(tenant, finding) {
      const row = await findings.findOne(mine(tenant, finding), { projection: OWN_FIELDS });
      if (row === null) throw new NotFoundError('finding', finding);
      return row as FindingRecord;
    },

    list: async (tenant, filter = {}) =>
      (await read(listFilter(tenant, filter))
        .limit(pageSize(filter.limit, 100, 1000))
        .toArray()) as readonly FindingRecord[],

    async suppress(tenant, finding, suppression) {
      const row = await findings.findOneAndUpdate(
        mine(tenant, finding),
        { $set: { suppression } },
        { projection: OWN_FIELDS, returnDocument: 'after' },
      );
      if (row === null) throw new NotFoundError('finding', finding);
      return row as FindingRecord;
    },
  });
}

const mine = (tenant: TenantId, finding: string): Filter<FindingDoc> => ({
  _id: `${ownTenant(tenant)}:${text('finding', finding)}`,
  tenant_id: ownTenant(tenant),
});

/** Planned from what was read a moment ago: a suppression that someone set meanwhile is not written over. */
function upsertOf(tenant: TenantId, { suppression, ...record }: FindingRecord, pass: number): AnyBulkWriteOperation<FindingDoc> {
  const filter = { _id: `${tenant}:${text('id', record.id)}`, tenant_id: tenant, pass: { $lte: pass } };
  return { updateOne: { filter, update: { $set: record as Partial<FindingDoc>, $setOnInsert: { suppression } }, upsert: true } };
}

function listFilter(tenant: TenantId, filter: FindingFilter): Filter<FindingDoc> {
  const query = {
    tenant_id: ownTenant(tenant),
    ...(filter.status === undefined ? {} : { status: oneOf('status', filter.status, STATUSES) }),
    ...(filter.rule_id === undefined ? {} : { rule_id: text('rule_id', filter.rule_id) }),
    ...(filter.changed_pass === undefined ? {} : { changed_pass: whole('changed_pass', filter.changed_pass) }),
    ...(filter.after === undefined ? {} : { id: { $gt: text('after', filter.after) } }),
  };
  return query as Filter<FindingDoc>;
}

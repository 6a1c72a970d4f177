/**
 * Chains, paths and unresolved joins: derived whole by each pass, written by difference (GATE-03). An unchanged record moves only its pass number,
 * the time it was last seen, and the versions that say what it was checked against.
 */
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';
import { digestOf } from '../../domain/canonical.ts';
import { FencedError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections, DerivedStamp } from '../collections.ts';
import type { DerivedCounts, DerivedKind, DerivedPass, DerivedRecords, DerivedRepository } from '../ports/derived.ts';
import { batchesOf, fencedWrites, IDS_AT_ONCE, setByIds } from './bulk.ts';
import { mappingErrors } from './errors.ts';
import { instant, ownTenant, text, texts, whole } from './guards.ts';

type DerivedCollections = Pick<Collections, 'executionChains' | 'stitchedPaths' | 'unresolvedJoins'>;
type AnyRecord = DerivedRecords[DerivedKind];
type DerivedDoc = AnyRecord & DerivedStamp & { readonly _id: string };

const COLLECTION: Readonly<Record<DerivedKind, keyof DerivedCollections>> = {
  chains: 'executionChains',
  paths: 'stitchedPaths',
  unresolved: 'unresolvedJoins',
};
/** Everything that is the store's and not the record's. */
const STAMP_FIELDS = [
  '_id',
  'tenant_id',
  'content_hash',
  'pass',
  'changed_pass',
  'change',
  'builder_version',
  'graph_revision',
  'first_seen_at',
  'last_seen_at',
  'retired_at',
] as const;

/** Of a live row. */
type Stored = Pick<DerivedStamp, 'content_hash' | 'pass' | 'changed_pass' | 'change'>;

export function createDerivedRepository(collections: DerivedCollections): DerivedRepository {
  const of = (kind: DerivedKind): Collection<DerivedDoc> => collections[COLLECTION[kind]] as unknown as Collection<DerivedDoc>;

  return mappingErrors<DerivedRepository>('derived', {
    replaceAll: (tenant, kind, records, pass) => replaceAll(of(kind), ownTenant(tenant), records, checked(pass)),

    async loadAll<K extends DerivedKind>(tenant: TenantId, kind: K) {
      const projection = Object.fromEntries(STAMP_FIELDS.map((field) => [field, 0]));
      const rows = await of(kind)
        .find({ tenant_id: ownTenant(tenant), retired_at: null }, { projection, batchSize: 5000 })
        .sort({ id: 1 })
        .toArray();
      return rows as unknown as DerivedRecords[K][];
    },

    async getMany<K extends DerivedKind>(tenant: TenantId, kind: K, ids: readonly string[]) {
      const tenant_id = ownTenant(tenant);
      const found: unknown[] = [];
      for (const some of batchesOf([...new Set(texts('ids', ids))].sort(), IDS_AT_ONCE)) {
        const filter = { _id: { $in: some.map((id) => `${tenant_id}:${id}`) }, tenant_id };
        found.push(
          ...(await of(kind)
            .find(filter, { projection: { _id: 0 } })
            .sort({ _id: 1 })
            .toArray()),
        );
      }
      return found as (DerivedRecords[K] & DerivedStamp)[];
    },

    async countByBuilder(tenant, kind) {
      const live = { tenant_id: ownTenant(tenant), retired_at: null };
      const groups = await of(kind)
        .aggregate<{ _id: string; count: number }>([{ $match: live }, { $group: { _id: '$builder_version', count: { $sum: 1 } } }])
        .toArray();
      return groups
        .map(({ _id, count }) => ({ builder_version: _id, count }))
        .sort((a, b) => (a.builder_version < b.builder_version ? -1 : 1));
    },
  });
}

function checked(pass: DerivedPass): DerivedPass {
  whole('pass', pass.pass);
  text('builder_version', pass.builder_version);
  text('graph_revision', pass.graph_revision);
  instant('now', pass.now);
  return pass;
}

async function replaceAll(
  collection: Collection<DerivedDoc>,
  tenant: TenantId,
  records: readonly AnyRecord[],
  pass: DerivedPass,
): Promise<DerivedCounts> {
  const stored = await loadStored(collection, tenant, pass.pass);
  const byId = new Map(records.map((record) => [record.id, record]));
  const writes: { insert?: DerivedDoc; upsert: AnyBulkWriteOperation<DerivedDoc> }[] = [];
  const same: string[] = [];
  for (const id of [...byId.keys()].sort()) {
    const record = byId.get(id) as AnyRecord;
    const before = stored.get(id);
    const content_hash = digestOf(record);
    if (before?.content_hash === content_hash) same.push(`${tenant}:${id}`);
    else writes.push(writeOf(tenant, record, content_hash, before, pass));
  }

  const total = byId.size;
  let done = 0;
  const step = (count: number): void => {
    pass.signal?.throwIfAborted();
    pass.onProgress?.(done, total);
    done += count;
  };
  for (const batch of batchesOf(writes)) {
    step(batch.length);
    if ((await fencedWrites(collection, batch)) > 0) throw fenced(pass);
  }
  const seen = { pass: pass.pass, last_seen_at: pass.now, builder_version: pass.builder_version, graph_revision: pass.graph_revision };
  const gone = [...stored].filter(([id]) => !byId.has(id));
  if (gone.length === 0) {
    // Everything that is live is made again: one range of the index instead of a look-up for each.
    step(same.length);
    await collection.updateMany({ tenant_id: tenant, retired_at: null, pass: { $lt: pass.pass } } as never, { $set: seen } as never);
    step(0);
    return countChanges(collection as unknown as Collection<Document>, tenant, pass.pass);
  }
  for (const batch of batchesOf(same)) {
    step(batch.length);
    await setByIds(collection, batch, { tenant_id: tenant, pass: { $lte: pass.pass } }, seen);
  }
  step(0);
  const retired = { retired_at: pass.now, change: 'retired', changed_pass: pass.pass, pass: pass.pass };
  await collection.updateMany({ tenant_id: tenant, retired_at: null, pass: { $lt: pass.pass } } as never, { $set: retired } as never);
  // A repetition that makes less than the pass made before it was interrupted: those carry this pass's number already.
  const interrupted = gone.filter(([, row]) => row.pass === pass.pass).map(([id]) => `${tenant}:${id}`);
  await setByIds(collection, interrupted, { tenant_id: tenant, pass: pass.pass }, retired);
  return countChanges(collection as unknown as Collection<Document>, tenant, pass.pass);
}

/**
 * The live rows. What was ever retired grows without end and is not read: one that comes back is inserted like a new one, and finds its row.
 * @throws FencedError when a later pass has written
 */
async function loadStored(collection: Collection<DerivedDoc>, tenant: TenantId, pass: number): Promise<ReadonlyMap<string, Stored>> {
  const projection = { _id: 0, id: 1, content_hash: 1, pass: 1, changed_pass: 1, change: 1 };
  const stored = new Map<string, Stored>();
  // A later pass that only retired left no live row that says so.
  const later = collection.findOne({ tenant_id: tenant, changed_pass: { $gt: pass } } as never, { projection: { _id: 1 } });
  later.catch(() => undefined);
  for await (const { id, ...row } of collection.find({ tenant_id: tenant, retired_at: null } as never, { projection, batchSize: 5000 })) {
    if (row.pass > pass) throw fenced({ pass });
    stored.set(id, row);
  }
  if ((await later) !== null) throw fenced({ pass });
  return stored;
}

const fenced = ({ pass }: Pick<DerivedPass, 'pass'>): FencedError => new FencedError(`pass ${pass}`);

function writeOf(tenant: TenantId, record: AnyRecord, content_hash: string, before: Stored | undefined, pass: DerivedPass) {
  const fields = {
    ...record,
    content_hash,
    pass: pass.pass,
    changed_pass: pass.pass,
    change: changeOf(before, pass.pass),
    builder_version: pass.builder_version,
    graph_revision: pass.graph_revision,
    last_seen_at: pass.now,
    retired_at: null,
  };
  const _id = `${tenant}:${record.id}`;
  const filter = { _id, tenant_id: tenant, pass: { $lte: pass.pass } };
  const upsert = {
    updateOne: { filter, update: { $set: fields, $setOnInsert: { first_seen_at: pass.now } }, upsert: true },
  } as unknown as AnyBulkWriteOperation<DerivedDoc>;
  return before === undefined
    ? { insert: { _id, tenant_id: tenant, ...fields, first_seen_at: pass.now } as DerivedDoc, upsert }
    : { upsert };
}

/** What this pass made before it was interrupted is still called so. */
function changeOf(before: Stored | undefined, pass: number): 'created' | 'updated' {
  if (before === undefined) return 'created';
  return before.changed_pass === pass && before.change !== 'retired' ? before.change : 'updated';
}

async function countChanges(collection: Collection<Document>, tenant: TenantId, pass: number): Promise<DerivedCounts> {
  const [groups, live] = await Promise.all([
    collection
      .aggregate<{ _id: DerivedStamp['change']; count: number }>([
        { $match: { tenant_id: tenant, changed_pass: pass } },
        { $group: { _id: '$change', count: { $sum: 1 } } },
      ])
      .toArray(),
    collection.countDocuments({ tenant_id: tenant, retired_at: null, pass }),
  ]);
  const changed = (change: DerivedStamp['change']): number => groups.find(({ _id }) => _id === change)?.count ?? 0;
  const [created, updated] = [changed('created'), changed('updated')];
  return { created, changed: updated, retired: changed('retired'), unchanged: live - created - updated };
}

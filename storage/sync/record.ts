/** The `connector_syncs` record: counts are read from the rows that carry this run's name, so that a repetition gives the same (RUN-05). */
import type { Collection, Document, Filter } from 'mongodb';
import { byCodeUnits } from '../../domain/graph/normalize.ts';
import type { Provenance } from '../../domain/graph/types.ts';
import type { Collections, ConnectorSyncDoc, SyncCounts } from '../collections.ts';
import type { RowScope } from './stored.ts';
import { batchesOf, IDS_AT_ONCE } from '../mongo/bulk.ts';

/** How many changes a sync record names (DATA-10); all of them are on the rows. */
export const MOST_CHANGES = 500;
const CHANGES = ['created', 'updated', 'removed'] as const;

type SyncChange = ConnectorSyncDoc['changes'][number];

/** Every row that the run saw or changed carries its generation, so the unchanged ones are what is left of those. */
export async function countRows<T extends Document>(
  collection: Collection<T>,
  scope: RowScope,
  run: string,
  generation: number,
): Promise<SyncCounts> {
  const { tenant_id, scope_id, categories } = scope;
  const [groups, seen] = await Promise.all([
    collection
      .aggregate<{ _id: SyncChange['change']; count: number }>([
        { $match: { tenant_id, changed_run: run } },
        { $group: { _id: '$change', count: { $sum: 1 } } },
      ])
      .toArray(),
    collection.countDocuments({ tenant_id, scope_id, category: { $in: [...categories] }, gen: generation } as unknown as Filter<T>),
  ]);
  const changed = (change: SyncChange['change']): number => groups.find(({ _id }) => _id === change)?.count ?? 0;
  const [created, updated, removed] = [changed('created'), changed('updated'), changed('removed')];
  return { created, updated, removed, unchanged: seen - created - updated - removed };
}

/** The first changes in id order, over entities and then edges; only what was counted is asked for. */
export async function listChanges(
  collections: Pick<Collections, 'entities' | 'edges'>,
  tenant: string,
  run: string,
  counted: { readonly entity: SyncCounts; readonly edge: SyncCounts },
): Promise<{ changes: SyncChange[]; truncated: boolean }> {
  const projection = { display_name: 1, type: 1, qualifier: 1, entity_id: 1, edge_id: 1 };
  const found: SyncChange[] = [];
  for (const kind of ['entity', 'edge'] as const) {
    const collection = (kind === 'entity' ? collections.entities : collections.edges) as unknown as Collection<Document>;
    const ofKind: { id: string; row: SyncChange }[] = [];
    for (const change of CHANGES.filter((each) => counted[kind][each] > 0)) {
      const rows = collection
        .find({ tenant_id: tenant, changed_run: run, change }, { projection })
        .sort({ _id: 1 })
        .limit(MOST_CHANGES + 1);
      for await (const row of rows)
        ofKind.push({ id: String(row['_id']), row: { change, kind, id: String(row[`${kind}_id`]), name: nameOf(kind, row) } });
    }
    found.push(...ofKind.sort((x, y) => byCodeUnits(x.id, y.id)).map(({ row }) => row));
  }
  return { changes: found.slice(0, MOST_CHANGES), truncated: found.length > MOST_CHANGES };
}

function nameOf(kind: SyncChange['kind'], row: Document): string {
  if (kind === 'entity') return String(row['display_name']);
  return row['qualifier'] === null ? String(row['type']) : `${row['type']} ${row['qualifier']}`;
}

/** Edges of the document with an end that no live entity of the tenant is. */
export async function countDangling(
  entities: Collections['entities'],
  tenant: Provenance['tenant_id'],
  ends: readonly { readonly from: string; readonly to: string }[],
  own: ReadonlySet<string>,
): Promise<number> {
  const elsewhere = [...new Set(ends.flatMap(({ from, to }) => [from, to]))].filter((id) => !own.has(id)).sort();
  const live = new Set<string>();
  for (const batch of batchesOf(elsewhere, IDS_AT_ONCE)) {
    const some = { tenant_id: tenant, removed: false, entity_id: { $in: batch } };
    for await (const row of entities.find(some, { projection: { _id: 0, entity_id: 1 } })) live.add(row.entity_id);
  }
  const lives = (id: string): boolean => own.has(id) || live.has(id);
  return ends.filter(({ from, to }) => !lives(from) || !lives(to)).length;
}

/** What the store holds of one scope, by `<id>:<category>`: enough to tell new from changed from unchanged. */
import type { Collection, Document, Filter } from 'mongodb';
import { rowKey } from '../../domain/graph/collect.ts';
import type { Provenance } from '../../domain/graph/types.ts';

export interface StoredRow {
  readonly content_hash: string;
  readonly removed: boolean;
  readonly gen: number;
  readonly changed_run: string;
  readonly change: Provenance['change'];
}

export interface RowScope {
  readonly tenant_id: Provenance['tenant_id'];
  readonly scope_id: Provenance['scope_id'];
  readonly categories: readonly string[];
}

export async function loadStored<T extends Document>(
  collection: Collection<T>,
  idField: 'entity_id' | 'edge_id',
  scope: RowScope,
): Promise<ReadonlyMap<string, StoredRow>> {
  const rows = new Map<string, StoredRow>();
  const projection = { _id: 0, [idField]: 1, category: 1, content_hash: 1, removed: 1, gen: 1, changed_run: 1, change: 1 };
  const filter = { tenant_id: scope.tenant_id, scope_id: scope.scope_id, category: { $in: [...scope.categories] } } as unknown as Filter<T>;
  for await (const row of collection.find(filter, { projection, batchSize: 5000 })) {
    const { content_hash, removed, gen, changed_run, change } = row as unknown as StoredRow;
    rows.set(rowKey(row[idField] as string, row['category'] as string), { content_hash, removed, gen, changed_run, change });
  }
  return rows;
}

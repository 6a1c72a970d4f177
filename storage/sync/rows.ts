/** From collected records to documents and their fenced writes. Props are written as one value, never spread into `$set`. */
import type { AnyBulkWriteOperation } from 'mongodb';
import { type CollectedRow, rowKey } from '../../domain/graph/collect.ts';
import type { Edge, Entity, Provenance } from '../../domain/graph/types.ts';
import type { EdgeDoc, EntityDoc } from '../collections.ts';
import type { StoredRow } from './stored.ts';

/** The same for every row that a run's sync writes. */
export type RowStamp = Pick<Provenance, 'tenant_id' | 'scope_id' | 'instance_id' | 'gen'> & {
  readonly run: Provenance['changed_run'];
  readonly sync: string;
  readonly now: Date;
  readonly source_system: string;
};

export const rowId = (id: string, scope: string, category: string): string => `${id}:${scope}:${category}`;

/** A row that this run wrote before it was interrupted keeps what it was called then, so that a repetition counts the same (decision 3). */
export function changeOf(stored: StoredRow | undefined, run: string): 'created' | 'updated' {
  if (stored === undefined) return 'created';
  if (stored.changed_run === run) return stored.change === 'created' ? 'created' : 'updated';
  return stored.removed ? 'created' : 'updated';
}

function provenance(stamp: RowStamp, category: string, change: 'created' | 'updated') {
  return {
    scope_id: stamp.scope_id,
    category,
    instance_id: stamp.instance_id,
    changed_run: stamp.run,
    changed_sync: stamp.sync,
    change,
    gen: stamp.gen,
    last_seen_at: stamp.now,
    changed_at: stamp.now,
    removed: false,
  };
}

export function entityFields(
  { id, ...entity }: Entity,
  stamp: RowStamp,
  change: 'created' | 'updated',
): Omit<EntityDoc, '_id' | 'tenant_id' | 'first_seen_at'> {
  return { ...entity, entity_id: id, ...provenance(stamp, entity.category, change) };
}

export function edgeFields(
  { id, ...edge }: Edge,
  stamp: RowStamp,
  change: 'created' | 'updated',
): Omit<EdgeDoc, '_id' | 'tenant_id' | 'first_seen_at'> {
  return { ...edge, edge_id: id, source_system: stamp.source_system, ...provenance(stamp, edge.category, change) };
}

export interface RowWrite<Doc> {
  readonly insert?: Doc;
  readonly upsert: AnyBulkWriteOperation<never>;
}

/** Writes of everything whose content the store does not hold, in row order. */
export function writesOf<T, Doc>(
  rows: readonly CollectedRow<T>[],
  stored: ReadonlyMap<string, StoredRow>,
  stamp: RowStamp,
  fieldsOf: (row: T, stamp: RowStamp, change: 'created' | 'updated') => object,
): RowWrite<Doc>[] {
  return rows.flatMap(({ id, category, row }) => {
    if (row === null) return [];
    const before = stored.get(rowKey(id, category));
    const fields = fieldsOf(row, stamp, changeOf(before, stamp.run));
    const _id = rowId(id, stamp.scope_id, category);
    const filter = { _id, tenant_id: stamp.tenant_id, gen: { $lte: stamp.gen } };
    const update = { $set: fields, $setOnInsert: { first_seen_at: stamp.now } };
    const upsert = { updateOne: { filter, update, upsert: true } } as unknown as AnyBulkWriteOperation<never>;
    const insert = { _id, tenant_id: stamp.tenant_id, ...fields, first_seen_at: stamp.now } as Doc;
    return [before === undefined ? { insert, upsert } : { upsert }];
  });
}

/** Ids of unchanged rows that this run has not marked as seen yet. */
export function sightingsOf<T>(rows: readonly CollectedRow<T>[], stored: ReadonlyMap<string, StoredRow>, stamp: RowStamp): string[] {
  return rows
    .filter(({ id, category, row }) => row === null && (stored.get(rowKey(id, category))?.gen ?? stamp.gen) < stamp.gen)
    .map(({ id, category }) => rowId(id, stamp.scope_id, category));
}

/** What changed since the last complete sync, from the history of reads and the provenance of rows (DATA-10): what rules about drift read. */
import type { Edge, Entity, Provenance } from '../graph/types.ts';
import { byCodeUnit } from './lib/order.ts';
import type { ChangeSet, GraphChange, RuleInput } from './types.ts';

/** When one active scope read a category completely: newest first, two are enough. The instants are those that rows are stamped with. */
export interface ReadHistory extends RuleInput {
  readonly scope_id: string;
  readonly source_tenant: string;
  readonly complete_at: readonly Date[];
}

/** One row of a record. Of a record that changed every row has to be there, or what another scope knew before would count as new. */
export interface ChangedRow extends Pick<Provenance, 'category' | 'change' | 'changed_at' | 'first_seen_at'> {
  readonly kind: GraphChange['kind'];
  readonly id: string;
  readonly scope_id: string;
  /** Of a removed row, what it was. */
  readonly before?: Entity | Edge;
}

/** Only categories that every scope has read completely twice are compared; the others give no changes. */
export function changeSetOf(history: readonly ReadHistory[], rows: readonly ChangedRow[]): ChangeSet {
  const baseline = new Map<string, Date>();
  const compared = new Map<string, ChangeSet['compared'][number] | null>();
  for (const { scope_id, source_system, source_tenant, category, complete_at } of history) {
    const before = complete_at[1];
    const name = `${source_system}|${source_tenant}|${category}`;
    if (before === undefined) compared.set(name, null);
    else if (!compared.has(name)) compared.set(name, { source_system, source_tenant, category });
    if (before !== undefined) baseline.set(`${scope_id}|${category}`, before);
  }
  const byRecord = new Map<string, ChangedRow[]>();
  for (const row of rows) {
    const list = byRecord.get(row.id);
    if (list === undefined) byRecord.set(row.id, [row]);
    else list.push(row);
  }
  const changes = [...byRecord.values()].flatMap((all) => changeOf(all, baseline) ?? []);
  return {
    compared: [...compared].sort(([a], [b]) => byCodeUnit(a, b)).flatMap(([, one]) => one ?? []),
    changes: changes.sort((a, b) => byCodeUnit(a.id, b.id)),
  };
}

function changeOf(rows: readonly ChangedRow[], baseline: ReadonlyMap<string, Date>): GraphChange | undefined {
  const since = (row: ChangedRow): Date | undefined => baseline.get(`${row.scope_id}|${row.category}`);
  const changed = rows.filter((row) => {
    const before = since(row);
    return before !== undefined && row.changed_at > before;
  });
  const first = rows[0];
  if (first === undefined || changed.length === 0) return undefined;
  const { kind, id } = first;
  if (rows.every((row) => row.change === 'removed')) {
    const before = changed.find((row) => row.before !== undefined)?.before;
    return before === undefined ? { kind, id, change: 'removed' } : { kind, id, change: 'removed', before };
  }
  // Somebody saw it before the baseline: it is not new, whoever sees it now for the first time.
  const known = rows.some(
    (row) => row.change !== 'removed' && (since(row) === undefined || row.first_seen_at <= (since(row) ?? row.first_seen_at)),
  );
  return { kind, id, change: known ? 'updated' : 'created' };
}

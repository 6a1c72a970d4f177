import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChangedRow, type ReadHistory, changeSetOf } from '../../../domain/rules/changes.ts';
import { GraphBuilder } from './builder.ts';

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const read = (scope_id: string, ...days: readonly number[]): ReadHistory => ({
  scope_id,
  source_system: 'aws',
  source_tenant: '1',
  category: 'iam',
  complete_at: days.map(day),
});
const row = (id: string, changed: number, more: Partial<ChangedRow> = {}): ChangedRow => ({
  kind: 'edge',
  id,
  scope_id: 's',
  category: 'iam',
  change: 'created',
  changed_at: day(changed),
  first_seen_at: day(changed),
  ...more,
});
const history = [read('s', 10, 5)];

describe('changeSetOf', () => {
  it('DATA-10: what came after the complete read before the last one is a change, what was there is none', () => {
    const { changes, compared } = changeSetOf(history, [row('new', 10), row('old', 5), row('between', 7)]);
    expect(changes).toEqual(['between', 'new'].map((id) => ({ kind: 'edge', id, change: 'created' })));
    expect(compared).toEqual([{ source_system: 'aws', source_tenant: '1', category: 'iam' }]);
  });
  it('DATA-10: a changed row is updated, a removed one brings what it was', () => {
    const before = new GraphBuilder().entity('role', 'iam_role', 'r');
    const updated = row('u', 10, { change: 'updated', first_seen_at: day(1) });
    const removed = row('x', 10, { change: 'removed', first_seen_at: day(1), before });
    expect(changeSetOf(history, [updated, removed]).changes).toEqual([
      { kind: 'edge', id: 'u', change: 'updated' },
      { kind: 'edge', id: 'x', change: 'removed', before },
    ]);
  });
  it('DATA-04: a first complete read, or one of two scopes without a second, is not compared', () => {
    expect(changeSetOf([read('s', 10)], [row('a', 10)])).toEqual({ compared: [], changes: [] });
    expect(changeSetOf([...history, read('t', 10)], []).compared).toEqual([]);
    expect(changeSetOf([read('t', 10), ...history], []).compared).toEqual([]);
  });
  it('DATA-10: what another scope saw before is not new, and what one scope still sees is not removed', () => {
    const both = [...history, read('t', 11, 6)];
    const seenBefore = row('a', 1, { scope_id: 't' });
    expect(changeSetOf(both, [row('a', 10), seenBefore]).changes).toEqual([{ kind: 'edge', id: 'a', change: 'updated' }]);
    expect(changeSetOf(both, [row('a', 10, { change: 'removed' }), seenBefore]).changes[0]?.change).toBe('updated');
  });
  it('does not depend on order', () => {
    const rows = [row('a', 10), row('b', 9, { change: 'removed' }), row('c', 7), row('a', 3, { scope_id: 't' })];
    const first = changeSetOf([...history, read('t', 9, 4)], rows);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (turned) => {
        expect(changeSetOf([...history, read('t', 9, 4)], turned)).toEqual(first);
      }),
    );
  });
});

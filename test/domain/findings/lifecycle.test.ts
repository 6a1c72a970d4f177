import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../domain/canonical.ts';
import { type FindingPlan, isSuppressed, planFindings } from '../../../domain/findings/lifecycle.ts';
import type { Evaluation, FindingContent, FindingRecord } from '../../../domain/findings/types.ts';

const finding = (name: string, facts: FindingContent['facts'] = {}, rule_id = 'rule'): FindingContent => ({
  id: digestOf([rule_id, name]),
  rule_id,
  rule_version: 1,
  title: 'T',
  severity: 'high',
  subject: name,
  subject_name: name,
  source_system: 'aws',
  identity: { subject: name },
  facts,
  explanation: { entities: [], edges: [], chains: [], paths: [] },
});
const evaluation = (findings: readonly FindingContent[], silent: Partial<Evaluation['not_evaluated']> = {}): Evaluation => ({
  findings,
  not_evaluated: { rules: [], findings: [], ...silent },
  rule_errors: [],
  counts: { finding: findings.length, clear: 0, not_evaluated: 0 },
  rules: [],
});
const at = (pass: number) => ({ pass, now: new Date(Date.UTC(2026, 0, pass)) });

function apply(previous: readonly FindingRecord[], plan: FindingPlan, { pass, now }: ReturnType<typeof at>): readonly FindingRecord[] {
  const state = new Map(previous.map((record) => [record.id, record]));
  for (const record of [...plan.created, ...plan.updated, ...plan.resolved, ...plan.reopened]) state.set(record.id, record);
  for (const id of plan.touched) {
    const record = state.get(id);
    if (record !== undefined) state.set(id, { ...record, pass, last_seen_at: now });
  }
  return [...state.values()];
}
const step = (previous: readonly FindingRecord[], said: Evaluation, pass: number): readonly FindingRecord[] =>
  apply(previous, planFindings(previous, said, at(pass)), at(pass));
const changes = (plan: FindingPlan): number => plan.created.length + plan.updated.length + plan.resolved.length + plan.reopened.length;
const only = (records: readonly FindingRecord[]): FindingRecord => {
  expect(records).toHaveLength(1);
  return records[0] as FindingRecord;
};

describe('planFindings', () => {
  const a = finding('a');

  it('DATA-05: open, resolved, reopened, with dates', () => {
    const opened = step([], evaluation([a]), 1);
    expect(only(opened)).toMatchObject({
      status: 'open',
      change: 'created',
      opened_at: at(1).now,
      resolved_at: null,
      reopened_at: null,
      changed_pass: 1,
    });
    const resolved = step(opened, evaluation([]), 2);
    expect(only(resolved)).toMatchObject({
      status: 'resolved',
      change: 'resolved',
      opened_at: at(1).now,
      resolved_at: at(2).now,
      changed_pass: 2,
    });
    const still = planFindings(resolved, evaluation([]), at(3));
    expect(changes(still)).toBe(0);
    const reopened = step(resolved, evaluation([a]), 4);
    expect(only(reopened)).toMatchObject({
      status: 'open',
      change: 'reopened',
      opened_at: at(1).now,
      resolved_at: null,
      reopened_at: at(4).now,
      changed_pass: 4,
    });
  });

  it('DATA-05: what changed is updated, what did not is only touched', () => {
    const opened = step([], evaluation([a, finding('b')]), 1);
    const plan = planFindings(opened, evaluation([finding('a', { n: 1 }), finding('b')]), at(2));
    expect(plan.updated.map((record) => record.subject)).toEqual(['a']);
    expect(plan.touched).toEqual([finding('b').id]);
    expect(plan.items_scanned).toBe(1);
  });

  it('DATA-04: what was not evaluated is neither resolved nor seen', () => {
    const opened = step([], evaluation([a, finding('b', {}, 'thrown'), finding('c')]), 1);
    const plan = planFindings(opened, evaluation([], { rules: ['thrown'], findings: [a.id] }), at(2));
    expect(plan.resolved.map((record) => record.subject)).toEqual(['c']);
    expect(plan.withheld).toEqual([a.id, finding('b', {}, 'thrown').id].sort());
  });

  it('DATA-05: a suppression is kept through every change of its finding until its end', () => {
    const suppression = { reason: 'accepted', author: 'kim', until: '2026-01-10T00:00:00Z' };
    let state: readonly FindingRecord[] = step([], evaluation([a]), 1).map((record) => ({ ...record, suppression }));
    for (const [pass, said] of [
      [2, [finding('a', { n: 1 })]],
      [3, []],
      [4, [a]],
    ] as const) {
      state = step(state, evaluation(said), pass);
      expect(only(state).suppression).toEqual(suppression);
      expect(isSuppressed(only(state), at(pass).now)).toBe(true);
    }
    expect(isSuppressed(only(state), new Date('2026-01-10T00:00:00Z'))).toBe(false);
    expect(isSuppressed({ suppression: null }, at(1).now)).toBe(false);
  });

  it('a late pass changes nothing that a later one wrote', () => {
    const later = step([], evaluation([a]), 5);
    expect(changes(planFindings(later, evaluation([]), at(4)))).toBe(0);
    expect(changes(planFindings(later, evaluation([finding('a', { n: 1 })]), at(4)))).toBe(0);
  });

  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
  const said = fc.record({ found: names, facts: fc.integer({ min: 0, max: 2 }), silent: names }).map(({ found, facts, silent }) =>
    evaluation(
      found.map((name) => finding(name, { facts })),
      { findings: silent.filter((name) => !found.includes(name)).map((name) => finding(name).id) },
    ),
  );

  it('RUN-05, DATA-05: planning again after applying gives nothing, and the same count', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 6 }), (history) => {
        let state: readonly FindingRecord[] = [];
        for (const [n, one] of history.entries()) {
          const plan = planFindings(state, one, at(n + 1));
          expect(plan.items_scanned).toBe(changes(plan));
          state = apply(state, plan, at(n + 1));
          const again = planFindings(state, one, at(n + 1));
          expect(changes(again) + again.touched.length).toBe(0);
          expect(again.items_scanned).toBe(plan.items_scanned);
        }
      }),
    );
  });

  it('DATA-05: a stage that died half-way is finished by its repetition', () => {
    fc.assert(
      fc.property(said, said, fc.nat(), (first, second, cut) => {
        const state = step([], first, 1);
        const plan = planFindings(state, second, at(2));
        const all = [...plan.created, ...plan.updated, ...plan.resolved, ...plan.reopened];
        const half = { ...plan, created: all.slice(0, cut % (all.length + 1)), updated: [], resolved: [], reopened: [], touched: [] };
        const repeated = planFindings(apply(state, half, at(2)), second, at(2));
        expect(repeated.items_scanned).toBe(plan.items_scanned);
        const byId = (records: readonly FindingRecord[]) => [...records].sort((x, y) => (x.id < y.id ? -1 : 1));
        expect(byId(apply(apply(state, half, at(2)), repeated, at(2)))).toEqual(byId(apply(state, plan, at(2))));
      }),
    );
  });

  it('does not depend on order', () => {
    fc.assert(
      fc.property(said, said, (first, second) => {
        const state = step([], first, 1);
        const turned = { ...second, findings: [...second.findings].reverse() };
        expect(planFindings([...state].reverse(), turned, at(2))).toEqual(planFindings(state, second, at(2)));
      }),
    );
  });
});

/** What recorded histories tell of the tries of a run's stages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attemptsOf, coordinatorOf, passFor } from '../../cli/compose/attempt-history.ts';
import { readHistory } from '../../cli/compose/replay.ts';

const recorded = (name: string) => {
  const file = join(import.meta.dirname, '..', 'histories', `${name}.json`);
  return readHistory(readFileSync(file, 'utf8'), file).history;
};
const seconds = (from: Date | undefined | null, to: Date | undefined | null): number =>
  ((to?.getTime() ?? 0) - (from?.getTime() ?? 0)) / 1_000;

it('UI-02 FLOW-02: four tries of a connector that failed for a passing reason, with the waits between them', () => {
  const { preflight, connector, sync } = attemptsOf(recorded('retried').events ?? []);
  expect(preflight?.map(({ outcome }) => outcome)).toEqual(['succeeded']);
  expect(connector?.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
  expect(connector?.[0]?.why).toContain('CONNECTOR_TRANSIENT');
  const waits = connector?.slice(1).map((attempt, index) => Math.floor(seconds(connector[index]?.ended_at, attempt.started_at)));
  expect(waits).toEqual([1, 2, 4]);
  expect(sync).toBeUndefined();
});

it('UI-02 RUN-15: a worker that was lost is a try of its own, and its successor the next', () => {
  const { connector = [], chain } = attemptsOf(recorded('crash-recovered').events ?? []);
  expect(connector.map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded']);
  expect(seconds(connector[0]?.ended_at, connector[1]?.started_at)).toBeGreaterThan(1);
  expect(chain).toBeUndefined();
  expect(coordinatorOf(recorded('crash-recovered'))?.workflowId).toBe('derive/northwind');
  expect(coordinatorOf(recorded('retried'))).toBeNull();
});

it('UI-02: a cancelled try says so', () => {
  expect(attemptsOf(recorded('cancelled').events ?? []).connector?.map(({ outcome }) => outcome)).toEqual(['cancelled']);
});

it.each(['continued-coordinator', 'old/begin-pass-when-quiet'])(
  'FLOW-03: of a coordinator only the pass that told this run: %s',
  (name) => {
    const history = recorded(name);
    const told = (history.events ?? []).flatMap(
      (event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.runId ?? [],
    );
    expect(told).toHaveLength(2);
    const [first, second] = told.map((run) => attemptsOf(passFor(history, run)));
    for (const pass of [first, second]) {
      expect(Object.keys(pass ?? {})).toEqual(['chain', 'stitch', 'eval', 'evidence']);
      expect(Object.values(pass ?? {}).map((attempts) => attempts.length)).toEqual([1, 1, 1, 1]);
    }
    expect(seconds(first?.chain?.[0]?.asked_at, second?.chain?.[0]?.asked_at)).toBeGreaterThan(0);
    expect(passFor(history, 'another run')).toEqual([]);
  },
);

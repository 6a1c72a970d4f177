/** Ending a child early, and what is left of it: nothing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { type Driven, drive, failureOf, launchOf, makeBench, processesWith, runDirectories, until } from './support.ts';

const bench = await makeBench();
const { available } = await detectIsolation(bench.workRoot);
const MIB = 1024 * 1024;

/** A launch that can be acted upon once its child has begun. */
function begun(child: string, options: Parameters<typeof launchOf>[2] = {}, deps: Driven = {}) {
  const lines: string[] = [];
  const abort = new AbortController();
  const launch = launchOf(bench, child, { ...options, signal: abort.signal, onLogLine: (line) => lines.push(line) });
  return { abort, lines, failure: failureOf(drive(bench, launch, deps)), hasBegun: () => until(() => lines.includes('begin')) };
}

describe.each(available)('isolated by %s', (isolation) => {
  test('RUN-12: a child that ignores SIGTERM is killed when the budget is used up', async () => {
    const { failure, lines } = begun('stubborn.mjs', { budgetMs: 900 }, { isolation });
    expect(await failure).toMatchObject({ name: 'BudgetExceededError', code: 'CONNECTOR_BUDGET' });
    expect(lines).toEqual(['begin', 'asked']);
    expect(runDirectories(bench)).toEqual([]);
  });

  test('RUN-12: grandchildren that ignore signals, leave the group or change parents die with it', async () => {
    const marker = `family-${randomUUID()}`;
    const { failure, abort, hasBegun } = begun('stubborn.mjs', { params: { family: true, marker } }, { isolation });
    await hasBegun();
    await until(() => processesWith(marker).length >= 3);
    abort.abort(new Error('stop now'));
    expect((await failure).message).toBe('stop now');
    expect(processesWith(marker)).toEqual([]);
  });

  test('RUN-12: a process that a good child leaves behind is gone before its files are read', async () => {
    const marker = `left-${randomUUID()}`;
    const outcome = await drive(bench, launchOf(bench, 'leaves-family.mjs', { params: { marker } }), { isolation });
    expect(Object.keys(outcome.results)).toEqual(['things']);
    expect(processesWith(marker)).toEqual([]);
  });

  test('RUN-12: a child that wraps up when it is asked gets the time to, and the reason stays the budget', async () => {
    const { failure, lines } = begun('wraps-up.mjs', { budgetMs: 900 }, { isolation, timings: { killGraceMs: 10_000 } });
    expect((await failure).name).toBe('BudgetExceededError');
    expect(lines).toEqual(['begin', 'wrapped up']);
  });

  test.each(['graph', 'results', 'sparse', 'files', 'entries'])(
    'CONN-01: a child that writes %s without end is killed early',
    async (what) => {
      const limits = { graphBytes: 8 * MIB, resultsBytes: MIB, directoryBytes: 32 * MIB, directoryEntries: 500 };
      const { failure } = begun('endless.mjs', { params: { what, bytes: limits.graphBytes + 1 }, limits }, { isolation });
      const subject = { graph: 'graph', results: 'results', sparse: 'graph', files: 'directory', entries: 'entries' }[what];
      expect(await failure).toMatchObject({ name: 'PersistentError', code: 'CONNECTOR_OUTPUT_TOO_LARGE', subject });
      expect(runDirectories(bench)).toEqual([]);
    },
  );
});

test('CONN-01: without anyone looking, the system itself cuts off a file at its limit', async () => {
  const { failure } = begun('endless.mjs', { params: { what: 'graph' }, limits: { graphBytes: 8 * MIB } }, { timings: { pollMs: 60_000 } });
  expect(await failure).toMatchObject({ code: 'CONNECTOR_OUTPUT_TOO_LARGE', subject: 'graph' });
});

test('RUN-12: the reason of the caller wins when it cancels', async () => {
  class CancelledFailure extends Error {}
  const reason = new CancelledFailure('cancelled by the workflow');
  const { failure, abort, hasBegun } = begun('waits.mjs');
  await hasBegun();
  abort.abort(reason);
  expect(await failure).toBe(reason);

  const plain = begun('waits.mjs');
  await plain.hasBegun();
  plain.abort.abort();
  expect(await plain.failure).toMatchObject({ name: 'PersistentError', code: 'CONNECTOR_CANCELLED' });
});

test('RUN-12: the first cause wins', async () => {
  const { failure, abort, hasBegun } = begun('stubborn.mjs', { budgetMs: 1_500 }, { timings: { killGraceMs: 2_000 } });
  await hasBegun();
  abort.abort(new Error('first'));
  expect((await failure).message).toBe('first');
});

test('RUN-12: nothing is started once it is too late', async () => {
  const aborted = AbortSignal.abort(new Error('before'));
  expect((await failureOf(drive(bench, launchOf(bench, 'good.mjs', { signal: aborted })))).message).toBe('before');
  expect(await failureOf(drive(bench, launchOf(bench, 'good.mjs', { budgetMs: -1 })))).toMatchObject({ name: 'BudgetExceededError' });
});

test('CONN-01: heartbeats carry the time and the size of the graph, and one that throws ends the child', async () => {
  const beats: { elapsed_ms: number; graph_bytes: number }[] = [];
  const launch = launchOf(bench, 'endless.mjs', {
    params: { what: 'graph' },
    limits: { graphBytes: 1024 * MIB },
    onHeartbeat: (progress) => {
      beats.push(progress);
      if (progress.graph_bytes > 0 && beats.length > 2) throw new Error('the activity is gone');
    },
  });
  expect((await failureOf(drive(bench, launch))).message).toBe('the activity is gone');
  expect(beats.at(-1)?.graph_bytes).toBeGreaterThan(0);
  const times = beats.map((beat) => beat.elapsed_ms);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('CONN-01: a flood on stdout is read, capped, and harms nothing', async () => {
  const lines: string[] = [];
  const launch = launchOf(bench, 'flood.mjs', { onLogLine: (line) => lines.push(line), limits: { logLength: 100_000, logTailLines: 20 } });
  const outcome = await drive(bench, launch);
  expect(lines.join('\n').length).toBeLessThan(101_000);
  expect(lines.at(-1)).toContain('reached its limit');
  expect(outcome.logTail).toEqual(lines.slice(-20));
});

/** One run of a real child: what comes out of it, and every way in which its files can be wrong. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { withConnectorRun } from '../../../connectors/driver/run-connector.ts';
import { drive, failureOf, launchOf, makeBench, runDirectories } from './support.ts';

const bench = await makeBench();
const { available, level: strongest } = await detectIsolation(bench.workRoot);

const at = '2026-11-22T10:00:00.000Z';
const cell = { status: 'succeeded', items_scanned: 3, started_at: at, ended_at: at, errors: [] };
const results = (cells: Record<string, unknown>): string => JSON.stringify({ schema: 'sv0.category-results/1', category_results: cells });

describe.each(available)('isolated by %s', (isolation) => {
  test('CONN-01: a child gets three files in a private directory, and its results and graph come back', async () => {
    const lines: string[] = [];
    const launch = launchOf(bench, 'good.mjs', { onLogLine: (line) => lines.push(line), categories: ['things', 'others'] });
    let seen = '';
    const outcome = await withConnectorRun({ workRoot: bench.workRoot, isolation }, launch, async (it) => {
      seen = readFileSync(it.graphPath, 'utf8');
      return it;
    });
    expect(Object.keys(outcome.results).sort()).toEqual(['others', 'things']);
    expect(outcome).toMatchObject({ transient: false, isolation, graphBytes: Buffer.byteLength(seen) });
    expect(JSON.parse(seen)).toMatchObject({ source_tenant: 'tenant-1' });
    expect([...lines].sort()).toEqual(['to stderr', 'to stdout']);
    expect([...outcome.logTail].sort()).toEqual(['to stderr', 'to stdout']);
    expect(existsSync(outcome.graphPath)).toBe(false);
    expect(runDirectories(bench)).toEqual([]);
  });

  test.each(['SIGKILL', 'SIGSEGV'])('RUN-06: a child that %s ends is a failure in the same words at every level', async (signal) => {
    const levels: string[] = [];
    const launch = launchOf(bench, 'puppet.mjs', { params: { signal }, onIsolated: (level) => levels.push(level) });
    expect(await failureOf(drive(bench, launch, { isolation }))).toMatchObject({
      name: 'PersistentError',
      code: 'CONNECTOR_EXITED',
      actor: 'engineer',
      subject: signal,
    });
    expect(levels).toEqual([isolation]);
  });
});

test('CRED-09: the strongest isolation that the host has is used when none is forced', async () => {
  expect((await drive(bench, launchOf(bench, 'good.mjs'))).isolation).toBe(strongest);
});

test('CONN-01: the directory goes when its user throws, too', async () => {
  const run = withConnectorRun({ workRoot: bench.workRoot }, launchOf(bench, 'good.mjs'), async () => {
    expect(runDirectories(bench)).toHaveLength(1);
    throw new Error('the store is down');
  });
  await expect(run).rejects.toThrow('the store is down');
  expect(runDirectories(bench)).toEqual([]);
});

test('RUN-10: failed and partial categories come back as they are', async () => {
  const error = { code: 'FORBIDDEN', class: 'persistent', message: 'not allowed to list', actor: 'customer' };
  const cells = { a: cell, b: { ...cell, status: 'failed', errors: [error] } };
  const outcome = await drive(
    bench,
    launchOf(bench, 'puppet.mjs', { categories: ['a', 'b'], params: { graph: true, results: results(cells) } }),
  );
  expect(outcome.results).toEqual(cells);
});

describe('what a child leaves behind', () => {
  const good = results({ things: cell });
  test.each([
    ['RUN-06: exit 0 without any file', {}, 'CONNECTOR_NO_RESULTS'],
    ['RUN-06: exit 0 without a graph', { results: good }, 'CONNECTOR_NO_GRAPH'],
    ['RUN-06: an empty graph file', { results: good, graph: '' }, 'CONNECTOR_NO_GRAPH'],
    ['RUN-06: exit 0 without results', { graph: true }, 'CONNECTOR_NO_RESULTS'],
    ['RUN-06: a results file that is cut off', { graph: true, results: good.slice(0, -5) }, 'CONNECTOR_BAD_RESULTS'],
    [
      'RUN-06: a results file with an unknown field',
      { graph: true, results: results({ things: { ...cell, extra: 1 } }) },
      'CONNECTOR_BAD_RESULTS',
    ],
    ['RUN-04: a cell of the platform', { graph: true, results: results({ things: cell, __sync: cell }) }, 'CONNECTOR_PLATFORM_CELL'],
    ['RUN-04: a cell named __proto__', { graph: true, results: results({}).replace('{}', '{"__proto__":{}}') }, 'CONNECTOR_PLATFORM_CELL'],
    ['RUN-10: a category that is missing', { graph: true, results: results({}) }, 'CONNECTOR_CATEGORY_MISSING'],
    [
      'RUN-10: a category that nobody asked for',
      { graph: true, results: results({ things: cell, more: cell }) },
      'CONNECTOR_CATEGORY_UNKNOWN',
    ],
    ['RUN-06: another exit code', { graph: true, results: good, exit: 3 }, 'CONNECTOR_EXITED'],
    ['RUN-06: exit 1 without files', { exit: 1 }, 'CONNECTOR_EXITED'],
  ])('%s is %s', async (_title, params, code) => {
    const error = await failureOf(drive(bench, launchOf(bench, 'puppet.mjs', { params })));
    expect(error).toMatchObject({ name: 'PersistentError', code });
    expect(runDirectories(bench)).toEqual([]);
  });

  test('RUN-17: exit 75 without files is transient, with files it comes back as such', async () => {
    const bare = await failureOf(drive(bench, launchOf(bench, 'puppet.mjs', { params: { exit: 75 } })));
    expect(bare).toMatchObject({ name: 'TransientError', code: 'CONNECTOR_TRANSIENT' });
    const half = await failureOf(drive(bench, launchOf(bench, 'puppet.mjs', { params: { exit: 75, results: good } })));
    expect(half.name).toBe('TransientError');
    const whole = await drive(bench, launchOf(bench, 'puppet.mjs', { params: { exit: 75, results: good, graph: true } }));
    expect(whole.transient).toBe(true);
  });

  test('FLOW-05: nothing of a broken file is in the failure', async () => {
    const planted = 'canary-1f2e3d';
    for (const text of [planted, results({ [planted]: cell }), results({ things: { ...cell, [planted]: planted, status: planted } })]) {
      const error = await failureOf(drive(bench, launchOf(bench, 'puppet.mjs', { params: { graph: true, results: text } })));
      expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(planted);
    }
  });
});

describe.each(available)('output files, isolated by %s', (isolation) => {
  test.each(
    ['results', 'graph'].flatMap((file) =>
      ['symlink', 'parent symlink', 'fifo', 'hard link', 'directory'].map((as) => [file, as] as const),
    ),
  )('CONN-01: the %s file as a %s is refused', async (file, as) => {
    const error = await failureOf(drive(bench, launchOf(bench, 'outputs.mjs', { params: { file, as } }), { isolation }));
    expect(error).toMatchObject({ code: 'CONNECTOR_BAD_FILE', subject: file });
    expect(runDirectories(bench)).toEqual([]);
  });
});

test('CONN-01: directories that nobody may enter are removed too', async () => {
  await drive(bench, launchOf(bench, 'outputs.mjs', { params: { file: 'graph', as: 'locked directories' } })).catch(() => undefined);
  expect(runDirectories(bench)).toEqual([]);
});

test('RUN-06: a program that is not there, or not absolute, is not started', async () => {
  for (const command of ['/nonexistent/program', 'node', '/tmp/a=b/node']) {
    const launch = launchOf(bench, 'good.mjs', { executable: { command, args: [], readOnlyPaths: [] } });
    expect(await failureOf(drive(bench, launch))).toMatchObject({ code: 'CONNECTOR_SPAWN_FAILED' });
  }
});

test('CRED-09: a level that the host cannot give is refused, never weakened', async () => {
  const impossible = 'chroot' as 'none';
  expect(await failureOf(drive(bench, launchOf(bench, 'good.mjs'), { isolation: impossible }))).toMatchObject({
    code: 'CONNECTOR_ISOLATION_UNAVAILABLE',
  });
});

/** The worker is killed with SIGKILL: nothing that it started lives a second later (security.md, "orphans"). */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { detectIsolation, resolveIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { drive, launchOf, makeBench, processesWith, runDirectories, until } from './support.ts';
import type { WorkerOrder } from './worker.ts';

const bench = await makeBench();
const { available } = await detectIsolation(bench.workRoot);

const GUARDS = {
  bubblewrap: 'bwrap --die-with-parent',
  namespaces: 'unshare --kill-child',
  uid: 'setpriv --pdeathsig and watchdog',
  none: expect.stringMatching(/watchdog$/),
};

describe.each(available)('isolated by %s', (isolation) => {
  test('RUN-15: after SIGKILL of the worker no descendant lives after one second', async () => {
    const marker = `orphan-${randomUUID()}`;
    const order: WorkerOrder = {
      workRoot: bench.workRoot,
      isolation,
      hiddenPaths: [],
      debugPort: 0,
      neighbours: [],
      run: {
        command: process.execPath,
        args: [join(bench.children, 'stubborn.mjs'), marker],
        readOnlyPaths: [bench.children],
        bundle: {},
        params: { family: true, marker },
      },
    };
    const worker = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'worker.ts')], {
      cwd: resolve(import.meta.dirname, '../../..'),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    worker.stdin.end(JSON.stringify(order));
    const said: { line?: string }[] = [];
    createInterface({ input: worker.stdout }).on('line', (line) => said.push(JSON.parse(line) as { line?: string }));
    // The child, two grandchildren and one that changed parents, with what stands around them.
    const descendants = (): readonly number[] => processesWith(marker);
    await until(() => said.some((it) => it.line === 'begin') && descendants().length >= 4, 20_000);

    worker.kill('SIGKILL');
    const killedAt = performance.now();
    await until(() => descendants().length === 0, 1_000);
    expect(performance.now() - killedAt).toBeLessThan(1_000);
  });

  test('RUN-15: the report says which mechanism does it', async () => {
    expect((await resolveIsolation(bench.workRoot, isolation)).orphanGuard).toEqual(GUARDS[isolation]);
  });
});

test('CRED-07: the next worker removes the directories that a killed one left, and no others', async () => {
  // Left by the tests above, or by a process that cannot be any more: id 1 began at another time.
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
  const left = join(bench.workRoot, `run-${namespace}-1-1-AbCdEf`);
  const foreign = join(bench.workRoot, 'run-1-1-1-AbCdEf');
  for (const directory of [left, foreign]) mkdirSync(directory);
  writeFileSync(join(left, 'graph.jsonl'), 'sensitive');
  await drive(bench, launchOf(bench, 'good.mjs'));
  expect(existsSync(left)).toBe(false);
  expect(runDirectories(bench)).toEqual(['run-1-1-1-AbCdEf']);
});

/** What a child is given, and what it is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { withConnectorRun } from '../../../connectors/driver/run-connector.ts';
import type { IsolationLevel } from '../../../connectors/driver/types.ts';
import { drive, failureOf, launchOf, makeBench, until } from './support.ts';

const bench = await makeBench();
const { available } = await detectIsolation(bench.workRoot);
const root = process.getuid?.() === 0;

beforeAll(() => {
  process.env['AWS_SECRET_ACCESS_KEY'] = 'deployment-wide-secret';
  process.env['HTTPS_PROXY'] = 'http://proxy.example';
  process.env['NODE_OPTIONS'] ??= '';
});

const told = async (isolation: IsolationLevel): Promise<{ uid: number; capabilities: string }> =>
  await withConnectorRun({ workRoot: bench.workRoot, isolation }, launchOf(bench, 'environment.mjs'), async (outcome) =>
    JSON.parse(readFileSync(outcome.graphPath, 'utf8')),
  );

test.each(available.filter((level) => level !== 'none'))('CRED-09: by %s, a child has no capability and is not root', async (isolation) => {
  // The kernel's user 0 could write /proc/sys without any capability, so a worker that is root gives its child a user of its own.
  const { uid, capabilities } = await told(isolation);
  expect(capabilities).toBe('0000000000000000');
  expect(uid >= 2_000_000_000).toBe(root);
});

describe.each(available)('isolated by %s', (isolation) => {
  test('CRED-09: the environment is the allowed five and the bundle, and nothing else of the worker', async () => {
    const bundle = { TEST_SECRET: 'the-bundle-secret', TEST_ID: '7' };
    const launch = launchOf(bench, 'environment.mjs', { bundle, plainVariables: ['TEST_ID'] });
    const seen = await withConnectorRun({ workRoot: bench.workRoot, isolation }, launch, async (outcome) => ({
      told: JSON.parse(readFileSync(outcome.graphPath, 'utf8')),
      graphPath: outcome.graphPath,
    }));
    const { told } = seen;
    const directory = told.argv[1].replace('/scope.json', '');
    expect(told.env).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: directory,
      TMPDIR: directory,
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      ...bundle,
    });
    expect(told).toMatchObject({ cwd: directory, umask: 0o077, coreLimit: '0', stdin: '' });
    expect(told.argv).toEqual([
      '--scope-json',
      `${directory}/scope.json`,
      '--category-results-out',
      `${directory}/results.json`,
      '--graph-json',
      `${directory}/graph.jsonl`,
    ]);
  });

  test('CRED-07: no secret is in any command line of the run', async () => {
    const secret = 'argv-canary-5b1c9e';
    const lines: string[] = [];
    const abort = new AbortController();
    const launch = launchOf(bench, 'waits.mjs', {
      bundle: { TEST_SECRET: secret },
      signal: abort.signal,
      onLogLine: (line) => lines.push(line),
    });
    const failure = failureOf(drive(bench, launch, { isolation }));
    await until(() => lines.includes('begin'));
    const holders = { cmdline: 0, environ: 0 };
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const file of ['cmdline', 'environ'] as const) {
        try {
          if (readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(secret)) holders[file] += 1;
        } catch {
          // Gone, or not ours.
        }
      }
    }
    abort.abort();
    await failure;
    expect(holders.cmdline).toBe(0);
    // The look was at the right processes: the bundle is where it belongs.
    expect(holders.environ).toBeGreaterThan(0);
  });
});

test.each(['NODE_OPTIONS', 'LD_PRELOAD', 'PATH', 'HTTPS_PROXY', 'AWS_ENDPOINT_URL_S3', 'NOT_DECLARED'])(
  'CRED-09: %s in a bundle is refused before anything is started',
  async (name) => {
    const value = '--require /tmp/evil.js';
    const allowedVariables = name === 'NOT_DECLARED' ? [] : [name];
    const error = await failureOf(drive(bench, launchOf(bench, 'good.mjs', { bundle: { [name]: value }, allowedVariables })));
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'BUNDLE_INVALID', field: name });
    expect(error.message).not.toContain('evil');
  },
);

test('CRED-07: a child that prints its secret, whole, encoded or in pieces, leaves none of it in the log or the results', async () => {
  const secret = 'Pa55/word+with"quotes&such=%7e';
  const lines: string[] = [];
  const launch = launchOf(bench, 'tells.mjs', { bundle: { TEST_SECRET: secret }, onLogLine: (line) => lines.push(line) });
  const outcome = await drive(bench, launch);
  const everything = JSON.stringify([lines, outcome.logTail, outcome.results]);
  const traces = [
    secret,
    'Pa55',
    'quotes',
    Buffer.from(secret).toString('base64').slice(0, 12),
    Buffer.from(secret).toString('hex').slice(0, 12),
    'ghs_',
  ];
  for (const trace of traces) expect(everything).not.toContain(trace);
  expect(lines).toContain('[redacted]');
  expect(outcome.results['things']?.errors[0]).toMatchObject({ message: 'it is [redacted]', subject: '[redacted]' });
});

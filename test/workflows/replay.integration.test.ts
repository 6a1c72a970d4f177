import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedHistory, readHistory, replayHistory, workflowTypeOf } from '../../cli/compose/replay.ts';
import { rerunHistory } from '../../cli/compose/rerun.ts';
import { DIST, PROJECT, WORKFLOW_BUNDLE } from '../../cli/folders.ts';
import * as workflows from '../../workflows/index.ts';
import { WORKFLOWS } from '../../workflows/messages.ts';
import { PROBE_TOKEN } from '../support/pipeline.ts';

const FOLDER = join(PROJECT, 'test', 'histories');
const NAMES = [
  'cancelled',
  'continued-coordinator',
  'crash-recovered',
  'failed',
  'gate-batch',
  'gate-leaf',
  'gate-root',
  'partial',
  'retried',
  'success',
  'timeout',
];
/** In the others something came from outside that a second run does not repeat: they are replayed only. */
const RERUN = ['cancelled', 'failed', 'gate-leaf', 'partial', 'retried', 'success'];

/** One per `patched()`: recorded by the code before it, named like it, and kept as long as it (docs/decisions/0011-changing-a-workflow.md). */
const OLD = join(FOLDER, 'old');

const fileOf = (name: string): string => join(FOLDER, `${name}.json`);
const load = async (name: string): Promise<RecordedHistory> => readHistory(await readFile(fileOf(name), 'utf8'), fileOf(name));

const PATCH = /\bpatched\)?\('([a-z-]+)'\)/g;

/** How a history from before a patch fares: with today's code, and with today's code had it been changed without `patched()`. */
async function oldWay(id: string): Promise<{ readonly today: string | null; readonly withoutItsPatch: string | null }> {
  const file = join(OLD, `${id}.json`);
  const old = readHistory(await readFile(file, 'utf8'), file);
  const code = await readFile(WORKFLOW_BUNDLE, 'utf8');
  const careless = join(folder, `${id}.js`);
  await writeFile(
    careless,
    code.replace(/\(0, ?\w+\.patched\)\('([a-z-]+)'\)/g, (call, named: string) => (named === id ? 'true' : call)),
  );
  return { today: await replayHistory(old), withoutItsPatch: await replayHistory(old, careless) };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('FLOW-06: every workflow of the bundle has a name that a history may have', () => {
  expect(Object.keys(workflows).sort()).toEqual(Object.values(WORKFLOWS).sort());
});

describe('recorded histories', () => {
  it('FLOW-06: there is one of every outcome', async () => {
    expect((await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort()).toEqual(NAMES.map((name) => `${name}.json`));
    const types = await Promise.all(NAMES.map(async (name) => workflowTypeOf(await load(name))));
    expect([...new Set(types)].sort()).toEqual(['derive', 'rematerialize', 'rematerializeBatch', 'rematerializeTenant', 'scan']);
    const last = async (name: string) => (await load(name)).history.events?.at(-1);
    expect((await last('continued-coordinator'))?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
    const ends = {
      success: 'succeeded',
      partial: 'partial',
      failed: 'failed',
      retried: 'failed',
      timeout: 'timeout',
      cancelled: 'cancelled',
      'crash-recovered': 'succeeded',
      'gate-leaf': 'succeeded',
    };
    for (const [name, word] of Object.entries(ends)) {
      const payload = (await last(name))?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]?.data;
      expect({ name, result: Buffer.from(payload ?? []).toString() }).toEqual({ name, result: expect.stringContaining(`"${word}"`) });
    }
  });

  it.each(NAMES)('FLOW-06: %s takes the same way through today’s code', async (name) => {
    expect(await replayHistory(await load(name))).toBeNull();
  });

  it('FLOW-06: workflow code that would take another way is noticed', async () => {
    // The same bundle, but a stage is gone: what a careless change of `scan.ts` would do.
    const code = await readFile(WORKFLOW_BUNDLE, 'utf8');
    const changed = code.replaceAll(/await run\.stage\('stage', 'syncGraph'/g, "await Promise.resolve('gone', 'syncGraph'");
    expect(changed).not.toBe(code);
    const bundle = join(folder, 'bundle.js');
    await writeFile(bundle, changed);
    expect(await replayHistory(await load('success'), bundle)).toMatch(/determinism|nondeterminism/i);
  });

  it('FLOW-06: every patch has the history of an open workflow that it is there for', async () => {
    const sources = await readdir(join(PROJECT, 'workflows'));
    const texts = await Promise.all(sources.map((file) => readFile(join(PROJECT, 'workflows', file), 'utf8')));
    const patches = texts.flatMap((text) => [...text.matchAll(PATCH)].map(([, id]) => id ?? ''));
    expect(patches.length).toBeGreaterThan(0);
    expect([...new Set(patches)].sort()).toEqual(patches.sort());
    expect((await readdir(OLD)).sort()).toEqual(patches.map((id) => `${id}.json`));
    for (const id of patches) expect(await oldWay(id), id).toEqual({ today: null, withoutItsPatch: expect.stringMatching(/determinism/i) });
  });

  it('FLOW-05: they hold no path of a machine, no user, no host, no secret', async () => {
    for (const name of NAMES) {
      const text = await readFile(fileOf(name), 'utf8');
      const decoded = text.replaceAll(/"data": "([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString('utf8'));
      for (const word of [
        PROBE_TOKEN,
        PROJECT,
        `@${hostname()}`,
        tmpdir(),
        '/home/',
        '/root/',
        'node_modules/',
        `"${userInfo().username}"`,
        'mongodb://',
      ]) {
        expect(decoded.includes(word), `${name} holds ${word}`).toBe(false);
      }
    }
  });
});

describe('running a history again', { timeout: 120_000 }, () => {
  it.each(RERUN)('FLOW-07: %s gives the same commands in the time-skipping environment', async (name) => {
    expect(await rerunHistory(await load(name))).toBeNull();
  });

  it.each(['gate-root', 'gate-batch', 'continued-coordinator', 'crash-recovered', 'timeout'])(
    'FLOW-07: %s is replayed, not run again, and says so at once',
    { timeout: 5_000 },
    async (name) => {
      await expect(rerunHistory(await load(name))).rejects.toMatchObject({ code: 'RERUN_NOT_POSSIBLE' });
    },
  );
});

describe('sv0 replay', { timeout: 120_000 }, () => {
  const replay = async (...args: string[]) => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
      SV0_TEST_TIME_SKIPPING_SERVER: process.env['SV0_TEST_TIME_SKIPPING_SERVER'] ?? '',
    };
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(DIST, 'cli', 'sv0.mjs'), 'replay', ...args], {
      reject: false,
      extendEnv: false,
      env,
    });
    return { exitCode, stdout, stderr };
  };

  it('FLOW-07: replays a file, and runs it again, in one command', async () => {
    expect(await replay(fileOf('failed'))).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^scan scan\/.* the same way$/) });
    expect(await replay(fileOf('failed'), '--rerun')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('the same commands') });
  });

  it('FLOW-07: a history of another workflow, a broken file and an unknown run are clear messages', async () => {
    const foreign = join(folder, 'foreign.json');
    await writeFile(foreign, (await readFile(fileOf('failed'), 'utf8')).replaceAll('"name": "scan"', '"name": "billing"'));
    expect(await replay(foreign)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('foreign.json: expected a history of one of connectionTest, derive, ingest, reap, rematerialize'),
    });
    const other = join(folder, 'other.json');
    const text = await readFile(fileOf('success'), 'utf8');
    // The way of a failed scan under the name of a coordinator.
    await writeFile(other, text.replaceAll('"name": "scan"', '"name": "derive"'));
    expect(await replay(other)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('another way') });
    expect(() => readHistory('{"events": []}', 'broken.json')).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', code: 'INVALID_HISTORY', field: 'broken.json' }),
    );
    expect(await replay('00000000-0000-4000-8000-000000000000')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('HISTORY_NOT_FOUND'),
    });
    expect(await replay('no-such-workflow')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('WORKFLOW_NOT_FOUND') });
  });
});

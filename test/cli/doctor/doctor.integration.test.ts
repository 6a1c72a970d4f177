import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIST } from '../../../cli/folders.ts';
import type { DoctorReport } from '../../../cli/doctor/types.ts';
import { openPipeline, type TestPipeline } from '../../support/pipeline.ts';

let pipeline: TestPipeline;
let stateDir: string;
beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
  await pipeline.probeScope();
  stateDir = join(pipeline.stateDir, 'doctor');
});
afterAll(() => pipeline.close());

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(DIST, 'cli', 'sv0.mjs'), 'doctor', '--json', ...args], {
    reject: false,
    extendEnv: false,
    stdin: 'ignore',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: pipeline.stateDir,
      MONGODB_URI: pipeline.settings.uri,
      SV0_MONGODB_DATABASE: pipeline.settings.database,
      TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
      TEMPORAL_NAMESPACE: pipeline.namespace,
      SV0_TASK_QUEUE_PIPELINE: pipeline.queues.pipeline,
      SV0_STATE_DIR: stateDir,
      ...env,
    },
  });
  const report = JSON.parse(stdout) as DoctorReport;
  return { exitCode, stderr, report, status: (id: string) => report.checks.find((check) => check.id === id)?.status };
}

const keys = async (): Promise<readonly string[]> => (await readdir(join(stateDir, 'keys')).catch(() => [])).sort();

describe('sv0 doctor', { timeout: 240_000 }, () => {
  it('OPS-02: tells services, isolation and credentials, and makes nothing by looking', async () => {
    const { exitCode, report, status } = await doctor([]);
    expect({ exitCode, failed: [...report.checks, ...report.credentials].filter((it) => it.status === 'failed') }).toEqual({
      exitCode: 0,
      failed: [],
    });
    for (const id of [
      'host.node',
      'isolation.level',
      'mongodb.server',
      'mongodb.clock',
      'mongodb.claim',
      'temporal.server',
      'temporal.namespace',
      'temporal.search_attributes',
    ])
      expect([id, status(id)]).toEqual([id, 'ok']);
    expect(status('temporal.workers')).toBe('warning');
    for (const credential of report.credentials)
      expect(Object.keys(credential).sort()).toEqual([
        'detail',
        'device_bound',
        'expires_at',
        'lifetime',
        'name',
        'refresh',
        'source',
        'status',
      ]);
    expect(await keys()).toEqual([]);
  });

  it('OPS-02: --refresh makes what is ours once; the second morning there is nothing to do', async () => {
    const first = await doctor(['--refresh']);
    expect(first).toMatchObject({
      exitCode: 0,
      report: {
        refreshed: [expect.stringContaining('artifact'), expect.stringContaining('evidence'), expect.stringContaining('credential store')],
      },
    });
    expect(await keys()).toEqual(['artifact.key', 'credentials.key', 'evidence.pem']);
    const made = (await stat(join(stateDir, 'keys', 'artifact.key'))).mtimeMs;
    const second = await doctor(['--refresh']);
    expect(second.report.refreshed).toEqual([]);
    expect((await stat(join(stateDir, 'keys', 'artifact.key'))).mtimeMs).toBe(made);
    // Now that there are keys, the tenants' credentials are looked at, by presence.
    expect(second.status('tenants.credentials')).toBe('ok');
  });

  it('OPS-02: exits 1 when a run could not succeed, and says what puts it right', async () => {
    const nobody = await getPort();
    const away = await doctor([], { TEMPORAL_ADDRESS: `127.0.0.1:${nobody}`, MONGODB_URI: `mongodb://127.0.0.1:${nobody}/` });
    expect(away.exitCode).toBe(1);
    expect([away.status('temporal.server'), away.status('mongodb.server')]).toEqual(['failed', 'failed']);
    const elsewhere = await doctor([], { TEMPORAL_NAMESPACE: 'no-such-namespace', SV0_KEY_VAULT: 'cli', PATH: join(stateDir, 'nothing') });
    expect(elsewhere).toMatchObject({ exitCode: 1, report: { ok: false } });
    expect(elsewhere.status('temporal.namespace')).toBe('failed');
    expect(elsewhere.report.credentials).toContainEqual(
      expect.objectContaining({ name: 'Azure sign-in', status: 'failed', refresh: 'az login --use-device-code' }),
    );
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../cli/demo/seed.ts';
import type { DemoReport } from '../../cli/demo/scan-all.ts';
import { PROJECT } from '../../cli/folders.ts';
import { tenantId } from '../../domain/ids.ts';
import { STAGE_CELLS } from '../../domain/runs/types.ts';
import { connectMongo } from '../../storage/mongo/client.ts';
import { demoSurroundings } from '../support/demo-surroundings.ts';
import { openPipeline } from '../support/pipeline.ts';

const SV0 = join(PROJECT, 'dist', 'cli', 'sv0.mjs');
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sv0-once-'));
});
afterAll(async () => {
  await rm(stateDir, { recursive: true, force: true });
});

/** Processes whose command line or environment names the state folder: what the command started. */
async function started(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const about = await Promise.all(['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
    if (about.some((text) => text.includes(stateDir)) && Number(pid) !== process.pid)
      found.push(`${pid} ${about[0]?.replaceAll('\0', ' ').slice(0, 120)}`);
  }
  return found;
}

describe('npm start -- --once', () => {
  it('OPS-01 UI-01 DATA-07: scans every demo scope as expected, prints one JSON document, and leaves no process behind', async () => {
    const env = await demoSurroundings(stateDir);
    const { stdout, exitCode } = await execa(process.execPath, [SV0, 'dev', '--once', '--json'], { env, reject: false, timeout: 170_000 });
    const report = JSON.parse(stdout) as DemoReport;
    process.stdout.write(`demo: ${report.runs.map((run) => `${run.scope} ${run.status}`).join(', ')}; ${JSON.stringify(report.totals)}\n`);
    expect(report.runs.map((run) => run.status)).toEqual(report.runs.map(() => 'succeeded'));
    expect(new Set(report.runs.map((run) => run.tenant)).size).toBe(2);
    for (const run of report.runs)
      expect(STAGE_CELLS.map((cell) => run.category_results[cell]?.status)).toEqual(STAGE_CELLS.map(() => 'succeeded'));
    for (const count of Object.values(report.totals)) expect(count).toBeGreaterThan(0);
    expect(exitCode).toBe(0);
    expect(await started()).toEqual([]);
    expect(existsSync(join(stateDir, 'running.json'))).toBe(false);
    expect(await readdir(join(stateDir, 'work'))).toEqual([]);
  }, 180_000);

  it('OPS-01 OPS-04: with --no-demo it starts empty, says ready, and stops', async () => {
    const env = await demoSurroundings(stateDir);
    const { stderr, stdout, exitCode } = await execa(process.execPath, [SV0, 'dev', '--once', '--no-demo'], {
      env,
      reject: false,
      timeout: 60_000,
    });
    expect({ exitCode, stdout: stdout.includes('scope') }).toEqual({ exitCode: 0, stdout: false });
    expect(stderr.split('\n').filter((line) => line === 'ready' || line.startsWith('demo'))).toEqual(['ready']);
    const { db, close } = await connectMongo(env['MONGODB_URI'] ?? '', { database: env['SV0_MONGODB_DATABASE'] ?? '' });
    const rows = await Promise.all(
      ['tenants', 'connector_instances', 'scan_scopes', 'scan_runs'].map((name) => db.collection(name).countDocuments()),
    );
    await close();
    expect(rows).toEqual([0, 0, 0, 0]);
    expect(await started()).toEqual([]);
  }, 90_000);
});

describe('the command line', () => {
  it('OPS-04: the demo seeder refuses a tenant that is real', async () => {
    const pipeline = await openPipeline({ worker: false });
    await pipeline.storage.tenants.create({
      _id: tenantId('northwind'),
      slug: 'NORTHWIND',
      name: 'A customer',
      kind: 'real',
      created_at: new Date(),
    });
    const urls = { aws: 'http://127.0.0.1:1', entra: 'http://127.0.0.1:1', github: 'http://127.0.0.1:1', servicenow: 'http://127.0.0.1:1' };
    await expect(seedDemo(pipeline.storage, urls, new Date())).rejects.toMatchObject({ code: 'TENANT_IS_REAL' });
    expect(await pipeline.storage.instances.list(tenantId('northwind'))).toEqual([]);
    await pipeline.close();
  });

  it.each([
    [
      'a configuration',
      ['worker'],
      { SV0_API_PORT: 'high', SV0_MAX_CONNECTORS: '0' },
      ['INVALID_CONFIGURATION', 'SV0_API_PORT', 'SV0_MAX_CONNECTORS'],
    ],
    ['no API', ['scan', 'some-scope'], {}, ['API_NOT_FOUND', 'SV0_API_URL', 'npm start']],
    ['an API by plain http', ['--api', 'http://sv0.example', 'scan', 'x'], { SV0_API_TOKEN: 't' }, ['API_ADDRESS_REFUSED', '--api']],
    ['a graph file that is not there', ['ingest', 'instance', '/nowhere/graph.json'], {}, ['FILE_NOT_READABLE', 'file']],
    ['a command', ['dance'], {}, ['unknown command']],
  ])('bad input: %s exits 2 and names the field', async (_, args, wrong, words) => {
    const env = { ...(await demoSurroundings(stateDir)), ...wrong };
    const { exitCode, stderr, stdout } = await execa(process.execPath, [SV0, ...args], { env, reject: false, timeout: 60_000 });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    for (const word of words) expect(stderr).toContain(word);
  });
});

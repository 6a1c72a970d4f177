import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILDER_VERSION, GATE_STAGE_NAMES } from '../../domain/gate/stages.ts';
import { gateScopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import { type GateInput, type GateProgress, type GateSummary, gateWorkflowId, QUERIES, WORKFLOWS } from '../../workflows/messages.ts';
import { copiesOfTheDemo, digestWithoutPass, SMALL_GRAPH } from '../support/gate-tenants.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const TENANTS = 8;

let pipeline: TestPipeline;
let api: TestApi;
let tenants: readonly TenantId[];
let repository: string;
beforeAll(async () => {
  pipeline = await openPipeline();
  api = await openApi(pipeline);
  tenants = await copiesOfTheDemo(pipeline, TENANTS, SMALL_GRAPH);
  repository = await mkdtemp(join(tmpdir(), 'sv0-gate-'));
}, 240_000);
afterAll(async () => {
  await api.close();
  await pipeline.close();
  await rm(repository, { recursive: true, force: true });
});

/** Every test takes its own word, made unique per file by the queue's name. */
const gateId = (word: string): string => `${word}-${pipeline.queues.pipeline}`;

async function gate(word: string, input: Partial<GateInput> = {}): Promise<GateSummary> {
  const all: GateInput = {
    gate_id: gateId(word),
    stages: GATE_STAGE_NAMES,
    tenants: null,
    expect_builder_version: BUILDER_VERSION,
    started_by: 'test',
    ...input,
  };
  return await pipeline.client.workflow.execute(WORKFLOWS.rematerialize, {
    workflowId: gateWorkflowId(all.gate_id),
    taskQueue: pipeline.queues.pipeline,
    args: [all],
  });
}

const gateRuns = (word: string) =>
  pipeline.storage.collections.scanRuns
    .find({ 'trigger.source': `gate:${gateId(word)}` })
    .sort({ tenant_id: 1 })
    .toArray();
const digest = () => digestWithoutPass(pipeline.storage.collections, tenants);
const cli = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code, out, err } = await api.sv0(args, {
    env: {
      TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
      TEMPORAL_NAMESPACE: pipeline.namespace,
      SV0_TASK_QUEUE_PIPELINE: pipeline.queues.pipeline,
      ...env,
    },
  });
  return { exitCode: code, stdout: out, stderr: err };
};

describe('a gate over every active tenant', { timeout: 240_000 }, () => {
  it('GATE-01 GATE-04 GATE-05 RUN-16: one deploy_gate run each, none lost, none twice, and a summary', async () => {
    const started = Date.now();
    const summary = await gate('first');
    process.stdout.write(`gate over ${TENANTS} tenants: ${((Date.now() - started) / 1_000).toFixed(1)} s\n`);
    expect(summary).toMatchObject({
      tenants: TENANTS,
      succeeded: TENANTS,
      skipped: 0,
      failed: 0,
      failures: [],
      stale_before: 0,
      stale_after: 0,
      builder_version: BUILDER_VERSION,
    });
    const runs = await gateRuns('first');
    expect(runs.map((run) => run.tenant_id)).toEqual(tenants);
    for (const run of runs) {
      expect(run).toMatchObject({
        status: 'succeeded',
        trigger: { type: 'deploy_gate', triggered_by_user_id: 'test' },
        scope_id: gateScopeId(run.tenant_id),
        instance_id: null,
      });
      expect(Object.keys(run.category_results).sort()).toEqual(['__chain', '__stitch']);
      expect(run.category_results['__chain']?.items_scanned).toBeGreaterThan(0);
      expect(run.category_results['__stitch']?.items_scanned).toBeGreaterThan(0);
    }
    const history = await pipeline.client.workflow.getHandle(gateWorkflowId(gateId('first'))).fetchHistory();
    expect(history.events?.length).toBeLessThan(100);
    expect(await pipeline.storage.collections.gateBatches.countDocuments({})).toBe(0);
  });

  it('GATE-03: a second pass of the same version moves nothing but last_seen_at and the pass number', async () => {
    const before = await digest();
    const chain = async () =>
      (
        await pipeline.storage.collections.executionChains
          .find({ tenant_id: tenants[7] as TenantId, retired_at: null })
          .sort({ _id: 1 })
          .limit(1)
          .toArray()
      )[0];
    const chainBefore = await chain();
    expect(await gate('second')).toMatchObject({ succeeded: TENANTS, failed: 0 });
    expect(await digest()).toBe(before);
    const chainAfter = await chain();
    expect(chainAfter?.pass).toBe((chainBefore?.pass ?? 0) + 1);
    expect(chainAfter?.last_seen_at.getTime()).toBeGreaterThan(chainBefore?.last_seen_at.getTime() ?? 0);
    for (const run of await gateRuns('second'))
      expect(run.category_results['__chain']).toMatchObject({ status: 'succeeded', items_scanned: 0 });
  });

  it('GATE-03 GATE-06: what other code built is counted as stale before, rebuilt, and what is no longer made is retired', async () => {
    const { executionChains } = pipeline.storage.collections;
    const tenant_id = tenants[3] as TenantId;
    const live = await executionChains.countDocuments({ tenant_id, retired_at: null });
    await executionChains.updateMany({ tenant_id }, { $set: { builder_version: 'chain-builder/0' } });
    const row = await executionChains.findOne({ tenant_id });
    const gone = `${tenant_id}:${'0'.repeat(64)}`;
    await executionChains.insertOne({ ...(row as NonNullable<typeof row>), _id: gone, id: '0'.repeat(64) });
    expect(await gate('stale', { tenants: [tenant_id] })).toMatchObject({
      tenants: 1,
      succeeded: 1,
      stale_before: live + 1,
      stale_after: 0,
    });
    expect(await executionChains.countDocuments({ tenant_id, retired_at: null })).toBe(live);
    expect((await executionChains.findOne({ _id: gone }))?.retired_at).toBeInstanceOf(Date);
  });

  it('GATE-01: one stage alone stamps one cell', async () => {
    await gate('one-stage', { tenants: [tenants[4] as TenantId], stages: ['stitched_paths'] });
    expect((await gateRuns('one-stage')).map((run) => Object.keys(run.category_results))).toEqual([['__stitch']]);
  });

  it('GATE-04: a tenant that fails is named and does not stop the others; progress can be asked for', async () => {
    const bad = tenants[1] as TenantId;
    const { executionChains } = pipeline.storage.collections;
    // A record of a pass that is far ahead: everything that this tenant's pass wants to write is fenced.
    const row = await executionChains.findOne({ tenant_id: bad });
    await executionChains.updateMany({ tenant_id: bad }, { $set: { pass: 1_000_000 } });
    const some = tenants.slice(0, 5);
    const summary = await gate('one-fails', { tenants: some });
    await executionChains.updateMany({ tenant_id: bad }, { $set: { pass: row?.pass ?? 1 } });
    expect(summary).toMatchObject({ tenants: 5, succeeded: 4, failed: 1, failures: [{ tenant_id: bad, reason: 'stage_failed' }] });
    const runs = await gateRuns('one-fails');
    expect(runs.filter((run) => run.status === 'succeeded').map((run) => run.tenant_id)).toEqual(some.filter((id) => id !== bad));
    expect(runs.find((run) => run.tenant_id === bad)?.category_results).toMatchObject({
      __chain: { status: 'failed' },
      __stitch: { status: 'skipped' },
    });
    const progress = await pipeline.client.workflow.getHandle(gateWorkflowId(gateId('one-fails'))).query<GateProgress>(QUERIES.progress);
    expect(progress).toEqual({ tenants: 5, done: 5, succeeded: 4, skipped: 0, failed: 1, batches_in_flight: 0 });
  });

  it('RUN-13: two gates at once over the same tenants: the refused leaf waits and claims again, and both are complete', async () => {
    const some = tenants.slice(2);
    const both = await Promise.all(['left', 'right'].map((word) => gate(word, { tenants: some })));
    for (const summary of both) expect(summary).toMatchObject({ tenants: 6, succeeded: 6, failed: 0 });
    expect([...(await gateRuns('left')), ...(await gateRuns('right'))]).toHaveLength(12);
  });
});

describe('the commands', { timeout: 240_000 }, () => {
  it('GATE-05: rematerialize prints a summary and says by its exit code how it went', async () => {
    const two = ['--tenant', tenants[5] as string, '--tenant', tenants[6] as string];
    const done = await cli(['rematerialize', ...two, '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({ tenants: 2, succeeded: 2, failed: 0 });
    expect(done.exitCode).toBe(0);

    const { executionChains } = pipeline.storage.collections;
    const bad = tenants[5] as TenantId;
    await executionChains.updateMany({ tenant_id: bad }, { $set: { pass: 1_000_000 } });
    const failed = await cli(['rematerialize', ...two, '--stage', 'chains']);
    await executionChains.updateMany({ tenant_id: bad }, { $set: { pass: 1 } });
    expect(failed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`failed: ${bad}: stage_failed (run `) });
  });

  it('GATE-01 GATE-06: bad input is said at its field and changes nothing: unknown stage, inactive tenant, other builder version', async () => {
    const before = await pipeline.storage.collections.scanRuns.countDocuments({});
    expect(await cli(['rematerialize', '--stage', 'findings'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--stage: expected one of chains, stitched_paths'),
    });
    expect(await cli(['rematerialize', '--tenant', 'northwind'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('tenants[northwind]: expected an active tenant'),
    });
    expect(await cli(['rematerialize', '--timeout', '0'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--timeout') });
    const other = await cli(['rematerialize', '--expect-builder-version', 'chain-builder/999']);
    expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('BUILDER_VERSION_MISMATCH') });
    expect(await pipeline.storage.collections.scanRuns.countDocuments({})).toBe(before);
  });

  it('GATE-05: when nobody does the work the command gives up in time, and the gate goes on', async () => {
    const started = Date.now();
    const lonely = await openApi({ ...pipeline, queues: { ...pipeline.queues, pipeline: `nobody-${pipeline.queues.pipeline}` } });
    const timedOut = await cli(['rematerialize', '--timeout', '3'], { SV0_API_URL: lonely.url, SV0_API_TOKEN: lonely.token });
    await lonely.close();
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(timedOut).toMatchObject({ exitCode: 124, stderr: expect.stringContaining('goes on') });
  });

  it('GATE-02: deploy-gate looks at the merge diff: nothing to do, done once per commit, bad commits', async () => {
    for (const tenant of tenants.slice(3)) await pipeline.storage.tenants.setStatus(tenantId(tenant), 'suspended');
    const git = async (...args: string[]): Promise<string> =>
      (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: repository })).stdout;
    const commit = async (file: string): Promise<string> => {
      await mkdir(dirname(join(repository, file)), { recursive: true });
      await writeFile(join(repository, file), file);
      await git('add', '.');
      await git('commit', '-q', '-m', file);
      return await git('rev-parse', 'HEAD');
    };
    await git('init', '-q', '-b', 'main');
    const first = await commit('domain/chains/build.ts');
    const second = await commit('README.md');
    const deployGate = (base: string, head: string, ...more: string[]) =>
      cli(['deploy-gate', '--repo', repository, '--base', base, '--head', head, '--expect-builder-version', 'current', ...more]);
    expect(await deployGate(first, second)).toMatchObject({ exitCode: 10, stdout: expect.stringContaining('nothing to do') });

    // Moved away, not changed: a diff that follows renames would name only the new place.
    await git('mv', 'domain/chains/build.ts', 'elsewhere.ts');
    const third = await commit('docs/x.md');
    const done = await deployGate(second, third, '--json');
    expect(done).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('domain/chains/build.ts') });
    expect(JSON.parse(done.stdout)).toMatchObject({ gate_id: third, tenants: 3, succeeded: 3 });
    const again = await deployGate(second, third, '--json');
    expect(again).toMatchObject({ exitCode: 0, stdout: done.stdout, stderr: expect.stringContaining(`joined gate/${third}`) });
    expect(await pipeline.storage.collections.scanRuns.countDocuments({ 'trigger.source': `gate:${third}` })).toBe(3);

    expect(await deployGate('no-such-branch', third)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--base: expected a commit'),
    });
    expect(await deployGate(second, '--output=/dev/null')).toMatchObject({ exitCode: 2 });
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { DemoEmulators } from '../../cli/demo/emulators.ts';
import { tenantId } from '../../domain/ids.ts';
import { STAGE_CELLS } from '../../domain/runs/types.ts';
import { type DerivedDigest, derivedDigest } from '../support/derived-digest.ts';
import { demoScopes, openDemo } from '../support/demo-tenant.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { startWireBreaker } from '../support/wire-breaker.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const TENANT = tenantId('northwind');

/** The first command of each stage that the worker must not get through: what is on the wire when it dies. */
const STAGES: readonly (readonly [stage: string, words: readonly string[]])[] = [
  ['openRun', ['insert', 'scan_runs']],
  ['resolveCredentials', ['insert', 'audit', 'preflight']],
  ['runConnector', ['insert', 'audit', 'launch']],
  ['syncGraph', ['update', 'entities']],
  ['buildChains', ['update', 'execution_chains']],
  ['stitchPaths', ['update', 'stitched_paths']],
  ['evaluateFindings', ['update', 'findings']],
  ['buildEvidence', ['evidence_packs', 'envelope']],
  ['closeRun', ['update', 'scan_runs', 'ended_at']],
];

async function scanBoth(pipeline: TestPipeline, disturb?: () => Promise<void>): Promise<void> {
  for (const [index, scope] of demoScopes('northwind').entries()) {
    const running = pipeline.scan(scope);
    // The second scan is disturbed: then every stage has something to write, stitched paths too.
    if (index === 1) await disturb?.();
    const run = await running;
    expect(run.status).toBe('succeeded');
    expect(STAGE_CELLS.every((cell) => run.category_results[cell]?.status === 'succeeded')).toBe(true);
  }
}

// Most of the time is spent waiting for Temporal to notice the death: side by side they cost little.
describe.concurrent('a worker that is killed in the middle of a stage', { timeout: 240_000 }, () => {
  let undisturbed: DerivedDigest;
  let emulators: DemoEmulators;

  beforeAll(async () => {
    const pipeline = await openPipeline();
    emulators = await openDemo(pipeline);
    await scanBoth(pipeline);
    undisturbed = await derivedDigest(pipeline.storage.collections, TENANT);
    await emulators.close();
    await pipeline.close();
    expect(undisturbed.counts['paths']).toBeGreaterThan(0);
  });

  it.each(STAGES)('RUN-15: killed in %s, the run goes on elsewhere and ends as if undisturbed', async (stage, words) => {
    const pipeline = await openPipeline({ worker: false });
    const demo = await openDemo(pipeline);
    const breaker = await startWireBreaker(pipeline.settings.uri);
    const worker = await startWorkerProcess(pipeline, { mongodbUri: breaker.uri });
    try {
      await scanBoth(pipeline, async () => {
        await breaker.armed(words);
        await worker.kill();
        await pipeline.startWorker();
      });
      const after = await derivedDigest(pipeline.storage.collections, TENANT);
      process.stdout.write(`killed in ${stage}: digest ${after.digest.slice(0, 16)}, undisturbed ${undisturbed.digest.slice(0, 16)}\n`);
      expect(after).toEqual(undisturbed);
    } finally {
      await worker.kill();
      await breaker.close();
      await demo.close();
      await pipeline.close();
    }
  });
});

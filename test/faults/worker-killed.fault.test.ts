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
/** The two smallest systems are enough for every stage to have something to write, stitched paths too. */
const SCOPES = demoScopes('northwind').filter((scope) => /-(?:servicenow|entra)-/.test(scope));

/** The first command of each stage that the worker must not get through: what is on the wire when it dies. */
const ON_THE_WIRE = {
  openRun: ['insert', 'scan_runs'],
  resolveCredentials: ['insert', 'audit', 'preflight'],
  runConnector: ['insert', 'audit', 'launch'],
  syncGraph: ['update', 'entities'],
  buildChains: ['update', 'execution_chains'],
  stitchPaths: ['update', 'stitched_paths'],
  evaluateFindings: ['update', 'findings'],
  buildEvidence: ['evidence_packs', 'envelope'],
  closeRun: ['update', 'scan_runs', 'ended_at'],
} as const;

/** Every stage once; one run outlives three workers, in stages that do not follow each other. */
const RUNS: readonly (readonly (keyof typeof ON_THE_WIRE)[])[] = [
  ['openRun', 'syncGraph', 'evaluateFindings'],
  ['resolveCredentials', 'buildChains', 'buildEvidence'],
  ['runConnector', 'stitchPaths', 'closeRun'],
];

async function scanBoth(pipeline: TestPipeline, disturb?: (running: Promise<unknown>) => Promise<void>): Promise<void> {
  for (const [index, scope] of SCOPES.entries()) {
    const running = pipeline.scan(scope);
    // The second scan is disturbed: then every stage has something to write, stitched paths too.
    if (index === 1) await disturb?.(running);
    const run = await running;
    const errors = Object.entries(run.category_results).flatMap(([key, cell]) => cell.errors.map((error) => `${key} ${error.code}`));
    expect({ status: run.status, errors }).toEqual({ status: 'succeeded', errors: [] });
    expect(STAGE_CELLS.every((cell) => run.category_results[cell]?.status === 'succeeded')).toBe(true);
  }
}

/** A run that ends before its stage was caught means that the words are wrong: said at once, instead of waiting for ever. */
async function caughtIn(stage: string, caught: Promise<void>, running: Promise<unknown>): Promise<void> {
  const first = await Promise.race([caught.then(() => 'caught'), running.then(() => 'over')]);
  if (first === 'over') throw new Error(`the run was over before ${stage} was caught`);
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

  it.each(RUNS.map((stages) => ({ stages })))(
    'RUN-15: killed in $stages.0, $stages.1 and $stages.2, the run goes on elsewhere each time and ends as if undisturbed',
    async ({ stages }) => {
      const pipeline = await openPipeline({ worker: false });
      const demo = await openDemo(pipeline);
      const breaker = await startWireBreaker(pipeline.settings.uri);
      const startVictim = () => startWorkerProcess(pipeline, { mongodbUri: breaker.uri });
      let worker = await startVictim();
      try {
        await scanBoth(pipeline, async (running) => {
          for (const [index, stage] of stages.entries()) {
            const caught = breaker.armed(ON_THE_WIRE[stage]);
            if (index > 0) worker = await startVictim();
            await caughtIn(stage, caught, running);
            await worker.kill();
            breaker.heal();
          }
          await pipeline.startWorker();
        });
        const after = await derivedDigest(pipeline.storage.collections, TENANT);
        process.stdout.write(
          `killed in ${stages.join(', ')}: digest ${after.digest.slice(0, 16)}, undisturbed ${undisturbed.digest.slice(0, 16)}\n`,
        );
        expect(after).toEqual(undisturbed);
      } finally {
        await worker.kill();
        await breaker.close();
        await demo.close();
        await pipeline.close();
      }
    },
  );
});

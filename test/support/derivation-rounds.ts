/** Two scopes of one tenant and a gate at the same time, at random moments: in the end everything derived is as after a quiet, serial run. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Collection, Document } from 'mongodb';
import { GATE_STAGE_NAMES } from '../../domain/gate/stages.ts';
import { tenantId } from '../../domain/ids.ts';
import type { GateInput, GateSummary } from '../../workflows/messages.ts';
import { gateWorkflowId, WORKFLOWS } from '../../workflows/messages.ts';
import { derivedDigest } from './derived-digest.ts';
import { openDemo } from './demo-tenant.ts';
import { SMALL_GRAPH } from './gate-tenants.ts';
import type { TestPipeline } from './pipeline.ts';

const TENANT = tenantId('northwind');
/** The span of a scan: what starts within it meets every stage of the others. */
const LATEST_MS = 3_000;

/** @returns what was wrong, a sentence each */
export async function disturbedRounds(
  pipeline: TestPipeline,
  rounds: number,
  seed: number,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const { collections } = pipeline.storage;
  const demo = await openDemo(pipeline);
  const problems: string[] = [];
  try {
    for (const scope of SMALL_GRAPH) await pipeline.scan(scope);
    const quiet = await derivedDigest(collections, TENANT);
    if ((quiet.counts['paths'] ?? 0) === 0) problems.push('the quiet run made no stitched path');
    const random = randomFrom(seed);
    for (let round = 1; round <= rounds; round += 1) {
      // From nothing: a pass that read half of a sync, and was not made up for, would show.
      await forget(pipeline);
      const [first, second, third] = [random(), random(), random()].map((part) => Math.floor(part * LATEST_MS)) as [number, number, number];
      const scanned = async (index: 0 | 1, after: number) => {
        await delay(after);
        return await pipeline.scan(SMALL_GRAPH[index] as (typeof SMALL_GRAPH)[number]);
      };
      const [left, right, summary] = await Promise.all([scanned(0, first), scanned(1, second), gateAfter(pipeline, third)]);
      const disturbed = await derivedDigest(collections, TENANT);
      say(`round ${round}: scans after ${first} and ${second} ms, gate after ${third} ms: ${disturbed.digest.slice(0, 16)}`);
      for (const run of [left, right]) if (run.status !== 'succeeded') problems.push(`round ${round}: run ${run._id} ended ${run.status}`);
      if (summary.failed > 0) problems.push(`round ${round}: the gate failed: ${JSON.stringify(summary.failures)}`);
      if (disturbed.digest !== quiet.digest)
        problems.push(`round ${round} (seed ${seed}): ${JSON.stringify(disturbed.counts)} instead of ${JSON.stringify(quiet.counts)}`);
    }
  } finally {
    await demo.close();
  }
  return problems;
}

async function gateAfter({ client, queues }: TestPipeline, after: number): Promise<GateSummary> {
  await delay(after);
  const gate_id = randomUUID();
  const input: GateInput = { gate_id, stages: GATE_STAGE_NAMES, tenants: [TENANT], expect_builder_version: null, started_by: 'rounds' };
  const options = { workflowId: gateWorkflowId(gate_id), taskQueue: queues.pipeline, args: [input] };
  return (await client.workflow.execute(WORKFLOWS.rematerialize, options)) as GateSummary;
}

async function forget({ storage }: TestPipeline): Promise<void> {
  const names = ['entities', 'edges', 'coverage', 'connectorSyncs', 'executionChains', 'stitchedPaths', 'unresolvedJoins'] as const;
  const proofs = ['findings', 'evidencePacks', 'evidenceBlobs'] as const;
  for (const name of [...names, ...proofs])
    await (storage.collections[name] as unknown as Collection<Document>).deleteMany({ tenant_id: TENANT });
}

/** mulberry32: a seed gives the same round again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The deploy gate proven over many tenants, with a worker process killed half-way. `npm run prove:gate` does it over a thousand,
 * `npm test` over a few; what is wrong comes back as sentences, none when all holds.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BUILDER_VERSION, GATE_STAGE_NAMES } from '../../domain/gate/stages.ts';
import type { TenantId } from '../../domain/ids.ts';
import { type GateInput, type GateSummary, gateWorkflowId, WORKFLOWS } from '../../workflows/messages.ts';
import { digestWithoutPass } from './gate-tenants.ts';
import { makeNextBuild } from './next-build.ts';
import type { TestPipeline } from './pipeline.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** GATE-05: far under the server's limit of 51,200 events. */
const MAX_EVENTS = 10_000;
export interface GateProof {
  readonly tenants: number;
  readonly seconds: Readonly<Record<'killed' | 'same_version' | 'next_version' | 'back', number>>;
  /** By workflow type: how many there were, and the longest history of one, as the server tells. */
  readonly workflows: Readonly<Record<string, { readonly count: number; readonly most_events: number }>>;
  readonly problems: readonly string[];
}

/** @param pipeline without a worker: the workers are processes here */
export async function proveGate(pipeline: TestPipeline, tenants: readonly TenantId[], say: (line: string) => void): Promise<GateProof> {
  const problems: string[] = [];
  const check = (holds: boolean, what: string): void => void (holds || problems.push(what));
  const { scanRuns } = pipeline.storage.collections;
  const whole = { tenants: tenants.length, succeeded: tenants.length, failed: 0, skipped: 0, stale_after: 0 };
  const hasAll = (summary: GateSummary, wanted: object): boolean =>
    Object.entries(wanted).every(([key, value]) => summary[key as keyof GateSummary] === value);

  async function gate(
    word: string,
    { expect = null, half }: GateOfProof,
  ): Promise<{ readonly summary: GateSummary; readonly seconds: number }> {
    const gate_id = `${word}-${randomUUID()}`;
    const input: GateInput = {
      gate_id,
      stages: GATE_STAGE_NAMES,
      tenants: null,
      expect_builder_version: expect,
      started_by: 'proof',
    };
    const source = `gate:${gate_id}`;
    const started = Date.now();
    const handle = await pipeline.client.workflow.start(WORKFLOWS.rematerialize, {
      workflowId: gateWorkflowId(gate_id),
      taskQueue: pipeline.queues.pipeline,
      args: [input],
    });
    if (half !== undefined) {
      while ((await scanRuns.countDocuments({ 'trigger.source': source, status: 'succeeded' })) < tenants.length / 2) await delay(50);
      await half();
    }
    const summary = (await handle.result()) as GateSummary;
    const seconds = (Date.now() - started) / 1_000;
    say(`${word}: ${tenants.length} tenants in ${seconds.toFixed(1)} s, ${(tenants.length / seconds).toFixed(1)} a second`);
    check(hasAll(summary, whole), `${word}: the summary is ${JSON.stringify({ ...summary, failures: summary.failures.slice(0, 3) })}`);
    const runs = await scanRuns.find({ 'trigger.source': source }).sort({ tenant_id: 1 }).toArray();
    const served = runs.map((run) => run.tenant_id);
    check(new Set(served).size === tenants.length, `${word}: ${tenants.length - new Set(served).size} tenants were lost`);
    check(served.length === new Set(served).size, `${word}: ${served.length - new Set(served).size} tenants were taken twice`);
    const unlike = runs.filter(
      ({ status, category_results: cells }) =>
        status !== 'succeeded' ||
        Object.keys(cells).sort().join() !== '__chain,__stitch' ||
        Object.values(cells).some((cell) => cell.status !== 'succeeded'),
    );
    check(unlike.length === 0, `${word}: ${unlike.length} runs are not as they should be, ${unlike[0]?._id} first`);
    return { summary, seconds };
  }

  const workers: WorkerProcess[] = [await startWorkerProcess(pipeline), await startWorkerProcess(pipeline)];
  const next = await makeNextBuild();
  try {
    const killed = await gate('killed', {
      expect: BUILDER_VERSION,
      half: async () => {
        await workers[0]?.kill();
        say(`killed worker process ${workers[0]?.pid} half-way`);
      },
    });
    const before = await digestWithoutPass(pipeline.storage.collections, tenants);
    const same = await gate('same version', { expect: BUILDER_VERSION });
    check(
      (await digestWithoutPass(pipeline.storage.collections, tenants)) === before,
      'a second pass of the same version changed something',
    );

    // A deploy: from here on nobody is asked for a version, because a worker that stopped counts for some seconds more.
    const made = await liveRows(pipeline, tenants);
    await workers[1]?.stop();
    workers.push(await startWorkerProcess(pipeline, { main: next.main }));
    const renewed = await gate('next version', {});
    check(renewed.summary.builder_version === next.version, `the gate was run by ${renewed.summary.builder_version}`);
    check(renewed.summary.stale_before === made.chains.size, `stale before: ${renewed.summary.stale_before} of ${made.chains.size} chains`);
    const fewer = await liveRows(pipeline, tenants);
    say(
      `chains: ${made.chains.size} before, ${fewer.chains.size} by the next version; stitched paths: ${made.paths.size}, ${fewer.paths.size}`,
    );
    check(fewer.chains.size > 0 && fewer.chains.size < made.chains.size, `the next version made ${fewer.chains.size} chains`);
    for (const kind of ['chains', 'paths'] as const) {
      const others = [...fewer[kind]].filter(([id, content]) => made[kind].get(id) !== content);
      check(others.length === 0, `the next version changed ${others.length} ${kind} that it makes alike`);
    }
    const { executionChains } = pipeline.storage.collections;
    const retired = await executionChains.countDocuments({
      tenant_id: { $in: [...tenants] },
      retired_at: { $ne: null },
      change: 'retired',
    });
    check(retired === made.chains.size - fewer.chains.size, `${retired} chains were retired`);
    const old = await executionChains.countDocuments({
      retired_at: null,
      builder_version: { $ne: next.chainVersion },
      tenant_id: { $in: [...tenants] },
    });
    check(old === 0, `${old} chains still carry another version`);

    await workers[2]?.stop();
    workers.push(await startWorkerProcess(pipeline));
    const back = await gate('back', {});
    check(back.summary.stale_before === fewer.chains.size, `stale before: ${back.summary.stale_before} of ${fewer.chains.size} chains`);
    const again = await liveRows(pipeline, tenants);
    for (const kind of ['chains', 'paths'] as const) {
      const unlike = [...made[kind]].filter(([id, content]) => again[kind].get(id) !== content);
      check(unlike.length === 0 && again[kind].size === made[kind].size, `going back left ${unlike.length} ${kind} unlike before`);
    }

    const workflows = await historiesOf(pipeline);
    for (const [type, { most_events }] of Object.entries(workflows))
      check(most_events < MAX_EVENTS, `a history of ${type} has ${most_events} events`);
    const seconds = { killed: killed.seconds, same_version: same.seconds, next_version: renewed.seconds, back: back.seconds };
    return { tenants: tenants.length, seconds, workflows, problems };
  } finally {
    for (const worker of workers) await worker.kill();
    await next.remove();
  }
}

interface GateOfProof {
  readonly expect?: string | null;
  /** Called when half of the tenants are done. */
  readonly half?: () => Promise<void>;
}

/** What is made of these tenants and not retired: the digest of its content by its id. */
async function liveRows({ storage }: TestPipeline, tenants: readonly TenantId[]) {
  const { executionChains, stitchedPaths } = storage.collections;
  const chains = new Map<string, string>();
  const paths = new Map<string, string>();
  for (const tenant_id of tenants) {
    const projection = { content_hash: 1 } as const;
    for (const row of await executionChains.find({ tenant_id, retired_at: null }, { projection }).toArray())
      chains.set(row._id, row.content_hash);
    for (const row of await stitchedPaths.find({ tenant_id, retired_at: null }, { projection }).toArray())
      paths.set(row._id, row.content_hash);
  }
  return { chains, paths };
}

async function historiesOf({ client }: TestPipeline): Promise<GateProof['workflows']> {
  const found = new Map<string, { count: number; most_events: number }>();
  await visible(client);
  for await (const { type, workflowId, runId, historyLength, status } of client.workflow.list()) {
    // Visibility knows the length of closed ones only.
    const events =
      status.name === 'RUNNING' ? (await client.workflow.getHandle(workflowId, runId).describe()).historyLength : historyLength;
    const row = found.get(type) ?? { count: 0, most_events: 0 };
    found.set(type, { count: row.count + 1, most_events: Math.max(row.most_events, events) });
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Visibility is late: until two looks agree. */
async function visible(client: TestPipeline['client']): Promise<void> {
  for (let before = -1; ; ) {
    const { count } = await client.workflow.count();
    if (count === before) return;
    before = count;
    await delay(500);
  }
}

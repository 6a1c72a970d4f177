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
import type { TestPipeline } from './pipeline.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** GATE-05: far under the server's limit of 51,200 events. */
const MAX_EVENTS = 10_000;
/** Of every this many tenants one is made to look as if older code had built its chains. */
const STALE_EVERY = 10;

export interface GateProof {
  readonly tenants: number;
  readonly seconds: Readonly<Record<'killed' | 'same_version' | 'new_version', number>>;
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

  async function gate(word: string, half?: () => Promise<void>): Promise<{ readonly summary: GateSummary; readonly seconds: number }> {
    const gate_id = `${word}-${randomUUID()}`;
    const input: GateInput = {
      gate_id,
      stages: GATE_STAGE_NAMES,
      tenants: null,
      expect_builder_version: BUILDER_VERSION,
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
  try {
    const killed = await gate('killed', async () => {
      await workers[0]?.kill();
      say(`killed worker process ${workers[0]?.pid} half-way`);
    });
    const before = await digestWithoutPass(pipeline.storage.collections, tenants);
    const same = await gate('same version');
    check(
      (await digestWithoutPass(pipeline.storage.collections, tenants)) === before,
      'a second pass of the same version changed something',
    );

    const aged = tenants.filter((_, index) => index % STALE_EVERY === 0);
    const stale = await age(pipeline, aged);
    const renewed = await gate('new version');
    check(renewed.summary.stale_before === stale, `stale before: ${renewed.summary.stale_before} instead of ${stale}`);
    const { executionChains } = pipeline.storage.collections;
    const gone = await executionChains.find({ id: NO_LONGER_MADE, tenant_id: { $in: [...aged] } }).toArray();
    check(gone.length === aged.length && gone.every((chain) => chain.retired_at !== null), 'what is no longer made was not retired');
    await executionChains.deleteMany({ id: NO_LONGER_MADE });
    check((await digestWithoutPass(pipeline.storage.collections, tenants)) === before, 'a new version changed what it makes alike');

    const workflows = await historiesOf(pipeline);
    for (const [type, { most_events }] of Object.entries(workflows))
      check(most_events < MAX_EVENTS, `a history of ${type} has ${most_events} events`);
    const seconds = { killed: killed.seconds, same_version: same.seconds, new_version: renewed.seconds };
    return { tenants: tenants.length, seconds, workflows, problems };
  } finally {
    for (const worker of workers) await worker.kill();
  }
}

const NO_LONGER_MADE = '0'.repeat(64);

/** As if an older builder had made these tenants' chains, and one more that today's does not make. @returns how many records are stale */
async function age({ storage }: TestPipeline, tenants: readonly TenantId[]): Promise<number> {
  const { executionChains } = storage.collections;
  let stale = 0;
  for (const tenant_id of tenants) {
    await executionChains.updateMany({ tenant_id, retired_at: null }, { $set: { builder_version: 'chain-builder/0' } });
    const row = await executionChains.findOne({ tenant_id, retired_at: null });
    if (row === null) throw new Error(`${tenant_id} has no chain`);
    await executionChains.insertOne({ ...row, _id: `${tenant_id}:${NO_LONGER_MADE}`, id: NO_LONGER_MADE });
    stale += await executionChains.countDocuments({ tenant_id, retired_at: null });
  }
  return stale;
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

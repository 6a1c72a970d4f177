/**
 * What do scans and the gate cost beside workflows of the same shape without any work in them? Each pair runs in one process against the same
 * servers, turn by turn; only the ratios of the medians mean anything. `tsx bench/flow.ts [scans] [tenants] [rounds of scans] [rounds of the gate]`
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import Table from 'cli-table3';
import { execa } from 'execa';
import { GATE_STAGE_NAMES } from '../domain/gate/stages.ts';
import type { ScopeId } from '../domain/ids.ts';
import { copiesOfTheDemo, TINY_GRAPH } from '../test/support/gate-tenants.ts';
import { openPipeline } from '../test/support/pipeline.ts';
import { bringServers } from '../test/support/servers.ts';
import { type GateInput, gateWorkflowId, WORKFLOWS } from '../workflows/messages.ts';

const given = process.argv.slice(2).map(Number);
const [scans = 20, tenants = 1_000, rounds = 5, gateRounds = 1] = given;

/** Counted in the histories of a scan of a tenant's only scope, of a leaf, and of the pass that each joins. */
const ACTIVITIES = { scan: 6, scanPass: 6, leaf: 3, leafPass: 4 } as const;

const servers = await bringServers();
const pipeline = await openPipeline();
const { client } = pipeline;
const taskQueue = `bare-${randomUUID()}`;
const connection = await NativeConnection.connect({ address: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '' });
const worker = await Worker.create({
  connection,
  namespace: pipeline.namespace,
  taskQueue,
  workflowsPath: join(import.meta.dirname, 'workflows.ts'),
  activities: {
    nothing: () => Promise.resolve(),
    child: async () => void (await execa(process.execPath, ['-e', '0'])),
  },
});
const running = worker.run();

const bareRun = (type: string, args: readonly number[]): Promise<unknown> =>
  client.workflow.execute(type, { taskQueue, workflowId: `bench/${randomUUID()}`, args: [...args] });
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const atOnce = (count: number, work: (index: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

async function oneByOne(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work();
}

const rows: (readonly [string, number, string, readonly number[], readonly number[]])[] = [];
/** What was measured last: a benchmark that is stopped has said something. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
/** In turns: what the machine does meanwhile meets all of them. */
async function compare(
  what: string,
  units: number,
  times: number,
  ours: () => Promise<unknown>,
  peers: Readonly<Record<string, () => Promise<unknown>>>,
) {
  const own: number[] = [];
  const others = new Map(Object.keys(peers).map((name) => [name, [] as number[]]));
  for (let round = 0; round < times; round += 1) {
    own.push(await timed(ours));
    for (const [name, run] of Object.entries(peers)) others.get(name)?.push(await timed(run));
    say(`${what}, round ${round + 1}: ${[own, ...others.values()].map((all) => `${all.at(-1)?.toFixed(1)} s`).join(' beside ')}`);
  }
  for (const [name, all] of others) rows.push([what, units, name, own, all]);
}

try {
  const scopes: ScopeId[] = [];
  for (let index = 0; index < scans; index += 1) scopes.push((await pipeline.probeScope({ tenant: `bench${index}` })).scope);
  await compare(
    'whole scans, each of a tenant of its own',
    scans,
    rounds,
    () => atOnce(scans, (index) => pipeline.scan(scopes[index] as ScopeId)),
    {
      'the same shape, a child process, no work': () => atOnce(scans, () => bareRun('peer', [ACTIVITIES.scan, ACTIVITIES.scanPass])),
      'one workflow with as many activities': () => atOnce(scans, () => bareRun('bare', [ACTIVITIES.scan + ACTIVITIES.scanPass])),
    },
  );
  await compare(
    'scans of one scope, one after the other',
    scans,
    rounds,
    () => oneByOne(scans, () => pipeline.scan(scopes[0] as ScopeId)),
    {
      'the same shape, a child process, no work': () => oneByOne(scans, () => bareRun('peer', [ACTIVITIES.scan, ACTIVITIES.scanPass])),
    },
  );
  for (let index = 0; index < scans; index += 1) await pipeline.storage.tenants.setStatus(`bench${index}` as never, 'suspended');
  await copiesOfTheDemo(pipeline, tenants, TINY_GRAPH);
  const gate = (): Promise<unknown> => {
    const gate_id = randomUUID();
    const input: GateInput = { gate_id, stages: GATE_STAGE_NAMES, tenants: null, expect_builder_version: null, started_by: 'bench' };
    const options = { workflowId: gateWorkflowId(gate_id), taskQueue: pipeline.queues.pipeline, args: [input] };
    return client.workflow.execute(WORKFLOWS.rematerialize, options);
  };
  await compare('the gate, tenants with the ServiceNow part of the demo', tenants, gateRounds, gate, {
    'a tree of as many workflows and activities, no work': () => bareRun('bareTree', [tenants, ACTIVITIES.leaf, ACTIVITIES.leafPass]),
  });
  const table = new Table({ head: ['what', 'n', 'rounds', 'a second', 'beside', 'a second', 'ratio'], style: { head: [], border: [] } });
  for (const [what, units, name, own, times] of rows) {
    const [mine, theirs] = [units / median(own), units / median(times)];
    table.push([what, units, own.length, mine.toFixed(1), name, theirs.toFixed(1), (mine / theirs).toFixed(2)]);
  }
  process.stdout.write(`${servers.mongo}, Node ${process.version}, medians\n${table.toString()}\n`);
} finally {
  worker.shutdown();
  await running;
  await connection.close();
  await pipeline.close();
  await servers.stop();
}
process.exit();

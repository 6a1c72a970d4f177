/**
 * Records `test/histories/*.json`: one real history per outcome (FLOW-06), on servers of its own. Names are fixed, and what would
 * name this machine or person is taken out. Old files stay good as long as they replay: record again only what is missing,
 * `npm run record:histories -- success partial`.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import getPort from 'get-port';
import { readDevConfig } from '../cli/services/dev-config.ts';
import { bringMongo } from '../cli/services/mongodb.ts';
import { ensurePythonTools } from '../cli/services/python-tools.ts';
import { sayToStderr } from '../cli/services/say.ts';
import { bringTemporal } from '../cli/services/temporal.ts';
import { GATE_STAGE_NAMES } from '../domain/gate/stages.ts';
import { type ScopeId, scopeId, tenantId } from '../domain/ids.ts';
import { connectMongo } from '../storage/mongo/client.ts';
import { demoScopes, openDemo } from '../test/support/demo-tenant.ts';
import { openPipeline, type ProbeOptions, type TestPipeline } from '../test/support/pipeline.ts';
import { startWorkerProcess } from '../test/support/worker-process.ts';
import {
  deriveWorkflowId,
  type GateInput,
  gateBatchWorkflowId,
  gateLeafWorkflowId,
  gateWorkflowId,
  WORKFLOWS,
} from '../workflows/messages.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'test', 'histories');
/** So low that a coordinator continues as new after two passes. */
const CONTINUE_AS_NEW_AFTER = 80;

/** From scheduled to well within the connector. */
const UNDER_WAY_MS = 300;

const wanted = process.argv.slice(2);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-record-'));
  const config = await readDevConfig(join(ROOT, 'temporal-dev.yaml'));
  const tools = () =>
    ensurePythonTools(join(ROOT, '.sv0', 'services', 'python'), join(ROOT, 'cli', 'services', 'requirements.txt'), sayToStderr);
  const mongo = await bringMongo({
    uri: process.env['SV0_TEST_MONGODB_URI'],
    port: await getPort(),
    dataFolder: folder,
    logFolder: folder,
    tools,
  });
  const dynamic_config = { ...config.temporal.dynamic_config, 'limit.historyCount.suggestContinueAsNew': CONTINUE_AS_NEW_AFTER };
  const temporal = await bringTemporal({
    address: undefined,
    uiUrl: undefined,
    config: { ...config.temporal, dynamic_config },
    port: await getPort(),
    uiPort: await getPort(),
    databaseFile: null,
    logFolder: folder,
    tools,
  });
  process.env['SV0_TEST_MONGODB_URI'] = mongo.uri;
  process.env['SV0_TEST_TEMPORAL_ADDRESS'] = temporal.address;
  // What a recording that died left behind.
  const before = await connectMongo(mongo.uri, { database: 'test_recorded' });
  await before.db.dropDatabase();
  await before.close();
  const pipeline = await openPipeline({ unique: 'recorded', worker: false });
  try {
    await recordAll(pipeline);
  } finally {
    await pipeline.close();
    await temporal.process?.stop();
    await mongo.process?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function recordAll(pipeline: TestPipeline): Promise<void> {
  // First, while no other worker would take the work over.
  await record(pipeline, 'crash-recovered', () => crashed(pipeline));
  await pipeline.startWorker();
  const outcomes: readonly (readonly [name: string, options: ProbeOptions])[] = [
    ['success', {}],
    ['partial', { params: { mode: 'partial' } }],
    ['failed', { params: { mode: 'denied' } }],
    ['retried', { params: { mode: 'transient' } }],
    ['timeout', { params: { mode: 'slow' }, budgetSeconds: 3 }],
  ];
  for (const [name, options] of outcomes) {
    await record(pipeline, name, async () => (await pipeline.scan(await scopeOf(pipeline, name, options))).workflow_id);
  }
  await record(pipeline, 'cancelled', () => cancelled(pipeline));
  await record(pipeline, 'continued-coordinator', () => continued(pipeline));
  await gateTree(pipeline);
}

const scopeOf = async (pipeline: TestPipeline, tenant: string, options: ProbeOptions): Promise<ScopeId> =>
  (await pipeline.probeScope({ tenant, ...options })).scope;

async function cancelled(pipeline: TestPipeline): Promise<string> {
  const started = await pipeline.start(await scopeOf(pipeline, 'cancelled', { params: { mode: 'slow' } }));
  await runsConnector(pipeline, started.workflow_id);
  await pipeline.control.cancel({ run_id: started.run_id, tenant_hint: null, source: 'cli', user_id: 'recorder' });
  await pipeline.control.result(started);
  return started.workflow_id;
}

async function crashed(pipeline: TestPipeline): Promise<string> {
  // Worker processes know the built-in connectors only: the demo's.
  const demo = await openDemo(pipeline);
  const scope = demoScopes('northwind')[0] ?? scopeId('missing');
  const worker = await startWorkerProcess(pipeline);
  const started = await pipeline.start(scope);
  await runsConnector(pipeline, started.workflow_id);
  await worker.kill();
  const next = await startWorkerProcess(pipeline);
  await pipeline.control.result(started);
  await next.stop();
  await demo.close();
  return started.workflow_id;
}

async function runsConnector(pipeline: TestPipeline, workflowId: string): Promise<void> {
  for (;;) {
    const { raw } = await pipeline.client.workflow.getHandle(workflowId).describe();
    if (raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'runConnector')) {
      await delay(UNDER_WAY_MS);
      return;
    }
    await delay(100);
  }
}

/** The run of the coordinator that ended by continuing as new. */
async function continued(pipeline: TestPipeline): Promise<{ readonly workflowId: string; readonly runId: string }> {
  const scope = await scopeOf(pipeline, 'continued', {});
  const workflowId = deriveWorkflowId(tenantId('continued'));
  for (;;) {
    await pipeline.scan(scope);
    for await (const { runId, status } of pipeline.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      if (status.name === 'CONTINUED_AS_NEW') return { workflowId, runId };
    }
  }
}

async function gateTree(pipeline: TestPipeline): Promise<void> {
  const tenants = ['gated-a', 'gated-b', 'gated-c'].map((name) => tenantId(name));
  for (const tenant of tenants) await pipeline.probeScope({ tenant });
  const input: GateInput = { gate_id: 'recorded', stages: GATE_STAGE_NAMES, tenants, expect_builder_version: null, started_by: 'recorder' };
  await pipeline.client.workflow.execute(WORKFLOWS.rematerialize, {
    workflowId: gateWorkflowId('recorded'),
    taskQueue: pipeline.queues.pipeline,
    args: [input],
  });
  await record(pipeline, 'gate-root', async () => gateWorkflowId('recorded'));
  await record(pipeline, 'gate-batch', async () => gateBatchWorkflowId('recorded', 0));
  await record(pipeline, 'gate-leaf', async () => gateLeafWorkflowId('recorded', tenants[0] ?? tenantId('gated-a')));
}

async function record(
  pipeline: TestPipeline,
  name: string,
  run: () => Promise<string | { readonly workflowId: string; readonly runId: string }>,
): Promise<void> {
  const file = join(FOLDER, `${name}.json`);
  if (wanted.length > 0 ? !wanted.includes(name) : existsSync(file)) return;
  const ended = await run();
  const { workflowId, runId } = typeof ended === 'string' ? { workflowId: ended, runId: undefined } : ended;
  const history: unknown = JSON.parse(historyToJSON(await pipeline.client.workflow.getHandle(workflowId, runId).fetchHistory()));
  await writeFile(file, `${JSON.stringify(anonymous(history), null, 1)}\n`);
  process.stdout.write(`recorded ${name}\n`);
}

/** Identities are `pid@host`, and so begin the names of sticky queues. */
function anonymous(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anonymous);
  if (typeof value === 'string') return value.replace(/^\d+@.*$/, 'recorder');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'identity' ? 'recorder' : anonymous(each)]));
}

await main();
process.exit(0);

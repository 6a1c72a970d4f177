/** `npm run prove:gate -- [tenants]`: the deploy gate over a thousand tenants, a worker killed half-way; exits 1 when something does not hold. */
import { bringServers } from '../test/support/servers.ts';
import { proveGate } from '../test/support/gate-proof.ts';
import { copiesOfTheDemo, TINY_GRAPH } from '../test/support/gate-tenants.ts';
import { openPipeline } from '../test/support/pipeline.ts';

const count = Number(process.argv[2] ?? 1_000);
if (!Number.isInteger(count) || count < 1 || count > 9_999) throw new Error('npm run prove:gate -- <tenants from 1 to 9999>');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const servers = await bringServers();
const pipeline = await openPipeline({ worker: false });
try {
  const worker = await pipeline.startWorker();
  say(`${count} tenants with the ServiceNow part of the demo each, on ${servers.mongo} and the Temporal development server`);
  const tenants = await copiesOfTheDemo(pipeline, count, TINY_GRAPH);
  await worker.stop();
  const { workflows, problems } = await proveGate(pipeline, tenants, say);
  for (const [type, { count: runs, most_events }] of Object.entries(workflows)) say(`${type}: ${runs} runs, at most ${most_events} events`);
  for (const problem of problems) say(`PROBLEM ${problem}`);
  say(problems.length === 0 ? 'everything holds' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await pipeline.close();
  await servers.stop();
}
process.exit();

/** `npm run prove:rounds -- [rounds] [seed]`: scans and a gate of one tenant at random moments; exits 1 when a round ends otherwise than a quiet run. */
import { disturbedRounds } from '../test/support/derivation-rounds.ts';
import { openPipeline } from '../test/support/pipeline.ts';
import { bringServers } from '../test/support/servers.ts';

const [rounds, seed] = [Number(process.argv[2] ?? 50), Number(process.argv[3] ?? 1)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) throw new Error('npm run prove:rounds -- <rounds> <seed>');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const servers = await bringServers();
const pipeline = await openPipeline();
try {
  const problems = await disturbedRounds(pipeline, rounds, seed, say);
  for (const problem of problems) say(`PROBLEM ${problem}`);
  say(problems.length === 0 ? `${rounds} rounds as a quiet run` : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await pipeline.close();
  await servers.stop();
}
process.exit();

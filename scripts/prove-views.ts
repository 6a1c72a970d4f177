/**
 * `npm run prove:views -- [rows]`: as many runs and as many findings (100,000 unless said), and every page and every read of the API a few
 * times; prints the slowest with their medians and exits 1 when a median is over 200 ms. The connection string is `SV0_TEST_MONGODB_URI`,
 * else a server is brought as for tests.
 */
import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { sha256 } from '../domain/canonical.ts';
import { runId, scopeId } from '../domain/ids.ts';
import { SEVERITIES } from '../domain/rules/types.ts';
import { RUN_STATUSES } from '../domain/runs/types.ts';
import { collectionsOf, type Collections } from '../storage/collections.ts';
import { connectMongo } from '../storage/mongo/client.ts';
import { ensureIndexes } from '../storage/mongo/indexes.ts';
import { seed, SHOWN } from '../test/e2e/seed.ts';
import { findingDoc } from '../test/storage/views/store.ts';
import { readingApp } from '../test/support/reading-app.ts';
import { bringServers } from '../test/support/servers.ts';
import { ago, finding, run } from '../test/ui/records.ts';

const rows = Number(process.argv[2] ?? 100_000);
if (!Number.isInteger(rows) || rows < 1) throw new Error('npm run prove:views -- <rows>');
const LIMIT_MS = 200;
const ROUNDS = 7;
const BATCH = 2_000;
const SHOWN_LINES = 12;
/** A file of everything, to be streamed: no page. */
const WHOLE_FILE = '/operations/audit.csv';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const servers = await bringServers();
const connection = await connectMongo(process.env['SV0_TEST_MONGODB_URI'] ?? '', { database: `sv0_prove_${randomUUID().slice(0, 8)}` });
try {
  await ensureIndexes(connection.db);
  const collections = collectionsOf(connection.db);
  await seed(collections);
  await fill(collections);
  const { app, addresses } = await readingApp(connection.db);
  const measured: { readonly address: string; readonly median: number; readonly worst: number }[] = [];
  for (const address of addresses.filter((one) => !one.startsWith(WHOLE_FILE))) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const answer = await app.request(address);
      await answer.arrayBuffer();
      times.push(performance.now() - begun);
      if (answer.status !== 200) throw new Error(`${answer.status} ${address}`);
    }
    times.sort((a, b) => a - b);
    measured.push({ address, median: times[Math.floor(ROUNDS / 2)] ?? 0, worst: times.at(-1) ?? 0 });
  }
  measured.sort((a, b) => b.median - a.median);
  // Somebody else's work shows in every time here.
  const load = `load of the machine ${loadavg()[0]?.toFixed(1)}`;
  say(
    `${servers.mongo}: ${rows} runs, ${rows} findings, ${measured.length} addresses; milliseconds, median of ${ROUNDS} and worst; ${load}`,
  );
  for (const { address, median, worst } of measured.slice(0, SHOWN_LINES))
    say(`${median.toFixed(0).padStart(6)} ${worst.toFixed(0).padStart(6)}  ${address}`);
  const slow = measured.filter(({ median }) => median > LIMIT_MS);
  say(slow.length === 0 ? `every median is within ${LIMIT_MS} ms` : `${slow.length} medians over ${LIMIT_MS} ms`);
  process.exitCode = slow.length === 0 ? 0 : 1;
} finally {
  await connection.db.dropDatabase();
  await connection.close();
  await servers.stop();
}
process.exit();

/** Of one tenant, as the worst case is: runs of a scope each ten minutes into the past, findings of every severity and of fifty rules. */
async function fill({ scanRuns, findings }: Collections): Promise<void> {
  const scope = scopeId(`${SHOWN.tenant}-aws`);
  const ended = RUN_STATUSES.filter((status) => status !== 'running');
  for (let first = 0; first < rows; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, rows - first) }, (_, index) => first + index);
    await scanRuns.insertMany(
      numbers.map((number) =>
        run({
          _id: runId(`0190c000-0000-4000-8000-${String(number).padStart(12, '0')}`),
          tenant_id: SHOWN.tenant,
          scope_id: scope,
          status: ended[number % ended.length] ?? 'succeeded',
          started_at: ago(number * 10 + 5),
          ended_at: ago(number * 10 + 1),
        }),
      ),
      { ordered: false },
    );
    await findings.insertMany(
      numbers.map((number) =>
        findingDoc(
          finding({
            id: sha256(`prove ${number}`),
            tenant_id: SHOWN.tenant,
            rule_id: number % 50 === 0 ? 'admin_policy' : `rule_${number % 50}`,
            severity: SEVERITIES[number % SEVERITIES.length] ?? 'low',
            status: number % 5 === 0 ? 'resolved' : 'open',
            opened_at: ago(number + 5),
          }),
        ),
      ),
      { ordered: false },
    );
  }
}

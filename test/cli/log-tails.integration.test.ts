/** The log panel of the run page: what is kept of a connector's log, and that no secret is (security.md, "log tails"). */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRunLogs, keepLog } from '../../cli/compose/connector-log.ts';
import { formsOf } from '../../connectors/driver/redact.ts';
import { envName } from '../../domain/credentials/ref.ts';
import { runId, tenantId } from '../../domain/ids.ts';
import type { ConnectorLog } from '../../storage/ports/index.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const CANARY = 'c4n4ry/of+the=probe "with" every 0ther-character';
/** What the probe makes of its secret. */
const MINTED = createHash('sha512').update(CANARY).digest('base64').replaceAll('=', '');

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(async () => {
  await pipeline.close();
});

async function everything(): Promise<string> {
  const { db } = pipeline.storage.connection;
  const found: string[] = [];
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    found.push(JSON.stringify(await db.collection(name).find({}).toArray()));
  }
  return found.join('\n');
}

it('UI-02 CRED-07: the tail of a run is kept for its page, and no form of a secret or of a token made from it is in the database', async () => {
  const { tenant, scope } = await pipeline.probeScope({ params: { talks: true } });
  const slug = (await pipeline.storage.tenants.get(tenant)).slug;
  pipeline.environment[envName(slug, 'PROBE', 'PROBE_TOKEN')] = CANARY;
  const run = await pipeline.scan(scope);
  expect(run.status).toBe('succeeded');

  const tail = (await createRunLogs(pipeline.storage.connectorLogs).tail(tenant, run._id)) ?? [];
  expect(tail).toContain('the probe talks');
  expect(tail).toContain('the probe is done');
  expect(tail.filter((line) => line.includes('[redacted]')).length).toBeGreaterThanOrEqual(15);

  const stored = await everything();
  const plain = MINTED.replaceAll(/[+/]/g, 'x');
  const needles = [...formsOf(CANARY), MINTED.slice(0, 40), MINTED.slice(30, 60), MINTED.slice(-30), plain.slice(0, 30), plain.slice(-30)];
  for (const needle of needles.filter((form) => form.length >= 8)) expect(stored.includes(needle), needle).toBe(false);
});

it('UI-02: a run that fails keeps its log too', async () => {
  const { tenant, scope } = await pipeline.probeScope({ params: { talks: true, mode: 'crash' } });
  const run = await pipeline.scan(scope);
  expect(run.status).toBe('failed');
  expect(await createRunLogs(pipeline.storage.connectorLogs).tail(tenant, run._id)).toContain('the probe talks');
});

it('UI-02: another tenant reads nothing of it, a later attempt replaces an earlier one, and old logs are swept', async () => {
  const { connectorLogs } = pipeline.storage;
  const run = runId('11111111-2222-4333-8444-555555555555');
  const [mine, other] = [tenantId('t-logs'), tenantId('t-other')];
  const log = (attempt: number, line: string): ConnectorLog => ({
    attempt,
    lines: [line],
    dropped: 0,
    updated_at: new Date(attempt * 1_000),
  });
  expect(await connectorLogs.put(mine, run, log(2, 'second'))).toBe(true);
  expect(await connectorLogs.put(mine, run, log(1, 'late'))).toBe(false);
  expect(await createRunLogs(connectorLogs).tail(mine, run)).toEqual(['second']);
  expect(await createRunLogs(connectorLogs).tail(other, run)).toBeNull();
  expect(await connectorLogs.sweep(new Date(2_000))).toBe(0);
  expect(await connectorLogs.sweep(new Date(2_001))).toBe(1);
  expect(await connectorLogs.find(mine, run)).toBeNull();
});

it('UI-02: what is kept is capped in lines and characters, and a store that is away fails no run', async () => {
  const puts: ConnectorLog[] = [];
  let failures = 0;
  const keeper = keepLog({
    logs: {
      put: async (_tenant, _run, log) => {
        if (puts.push(log) === 1) throw new Error('away');
        return true;
      },
    },
    tenant: tenantId('t-logs'),
    run: runId('11111111-2222-4333-8444-555555555555'),
    attempt: 1,
    now: () => new Date(0),
    onError: () => (failures += 1),
    flushMs: 60_000,
  });
  for (let line = 0; line < 250; line += 1) keeper.line(`${line} ${'x'.repeat(line < 100 ? 4_000 : 10)}`);
  await keeper.close();
  await keeper.close();
  expect(failures).toBe(1);
  expect(puts.at(-1)?.lines).toHaveLength(150 + Math.floor((128 * 1024 - 150 * 14) / 4_003));
  expect(puts.at(-1)?.lines.at(-1)).toBe(`249 ${'x'.repeat(10)}`);
  expect(puts.at(-1)?.dropped).toBe(250 - (puts.at(-1)?.lines.length ?? 0));
});

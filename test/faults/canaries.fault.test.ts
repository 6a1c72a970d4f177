/**
 * The canary sweep (CRED-07): unique canaries as every secret that a provider gives and in the places where sources keep secrets, every way in which a
 * run can end, connectors that say their secret in every form; then everything that was written anywhere is searched for them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { GridFSBucket } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdministration } from '../../cli/compose/administration/index.ts';
import { startApi } from '../../cli/compose/api.ts';
import { SUPER_ADMIN_IDENTITY } from '../support/callers.ts';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { loadConfig } from '../../cli/config.ts';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import { instanceId, type RunId, type ScopeId, scopeId, type TenantId, tenantId } from '../../domain/ids.ts';
import { envName } from '../../domain/credentials/ref.ts';
import type { RunReason, RunStatus, ScanRun } from '../../domain/runs/types.ts';
import type { CredentialProvider as ProviderName } from '../../domain/tenancy/types.ts';
import { type CanaryBox, canaryBox, needlesOf, search } from '../support/canaries.ts';
import { demoScopes, openDemo } from '../support/demo-tenant.ts';
import { openPipeline, PROBE, type TestPipeline } from '../support/pipeline.ts';
import { answers, collections, files, histories, log, type Place, type Sweep, sweep, watchProcesses } from '../support/places.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';
import { type Vaults, startVaults } from './vaults.ts';

const PROVIDERS = ['env', 'azure_keyvault', 'aws_secretsmanager', 'store'] as const satisfies readonly ProviderName[];
/** A worker process is configured by its environment, which cannot name another Key Vault than Azure's. */
const PROVIDERS_OF_PROCESS = ['env', 'aws_secretsmanager', 'store'] as const satisfies readonly ProviderName[];

interface Outcome {
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: RunStatus;
  readonly reason?: RunReason;
  readonly budgetSeconds?: number;
}
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  success: { params: { mode: 'ok', entities: 1 }, status: 'succeeded' },
  partial: { params: { mode: 'partial', entities: 1 }, status: 'partial' },
  denied: { params: { mode: 'denied' }, status: 'failed' },
  crash: { params: { mode: 'crash' }, status: 'failed' },
  timeout: { params: { mode: 'slow' }, status: 'timeout', budgetSeconds: 12 },
  cancel: { params: { mode: 'slow' }, status: 'failed', reason: 'cancelled' },
};

/** What the emulators of the sources hold where people keep secrets: environments, scripts, headers, tags, texts of workflows. */
const PLANTED = [...needlesOf('planted in a source', 'CANARY-'), ...needlesOf('planted in a workflow text', '5d41402abc4b2a76')];

const WAIT = { timeout: 120_000, interval: 50 } as const;
const began = new Date();
const seconds = (): number => Math.round((Date.now() - began.getTime()) / 1_000);
const box: CanaryBox = canaryBox();
const needles = needlesOf('canary', box.mark);
const said: string[] = [];
const logger = pino({ level: 'trace' }, new Writable({ write: (chunk, _, done) => (said.push(String(chunk)), done()) }));
const everythingSaid = (): string => said.join('');

let main: TestPipeline;
let crashed: TestPipeline;
let vaults: Vaults;
let worker: WorkerProcess;
let api: Awaited<ReturnType<typeof startApi>>;
let commandLines: Place;
let environments: readonly number[] = [];
const runs: { readonly provider: string; readonly outcome: string; readonly run: ScanRun }[] = [];

beforeAll(async () => {
  const watch = watchProcesses(needles);
  vaults = await startVaults();
  main = await openPipeline({ logger, vaults: vaults.providers });
  crashed = await openPipeline({ worker: false, logger, vaults: vaults.providers });
  const opened = seconds();
  await Promise.all([everyOutcome(), theSources(), theCrash()]);
  process.stdout.write(`canary sweep: ${runs.length} runs, ${opened} s to begin, ${seconds() - opened} s to run\n`);
  const config = { ...loadConfig({}, main.stateDir), queues: main.queues, apiPort: 0, temporalNamespace: main.namespace };
  const { storage, client, control, registry, queues } = main;
  const now = (): Date => new Date();
  const schedules = createSchedules({ client, queues, storage, now });
  const credentials = main.credentials.store;
  const administration = createAdministration({ storage, registry, schedules, control, credentials, audit: storage.audit, now });
  api = await startApi({
    config,
    storage,
    client,
    control,
    administration,
    identity: SUPER_ADMIN_IDENTITY,
    intake: main.credentials.intake,
    registry,
    logger,
    now,
  });
  const stopped = watch.stop();
  commandLines = stopped.place;
  environments = stopped.holders;
}, 300_000);

afterAll(async () => {
  await api?.close();
  await worker?.kill();
  await main?.close();
  await crashed?.close();
  await vaults?.close();
});

async function connection(pipeline: TestPipeline, provider: (typeof PROVIDERS)[number]): Promise<TenantId> {
  const name = `${pipeline === main ? 'sweep' : 'killed'}-${provider.replaceAll('_', '-')}`;
  const tenant = tenantId(name);
  const slug = name.replaceAll('-', '').toUpperCase();
  const created_at = new Date();
  await pipeline.storage.tenants.create({ _id: tenant, slug, name, kind: 'demo', created_at });
  const _id = instanceId(`${tenant}-probe`);
  const content = { connector: 'probe', name: 'probe', source_tenant: name, config: {}, status: 'active', created_at } as const;
  await pipeline.storage.instances.create(tenant, { ...content, _id, credentials_ref: { provider, ref: 'MAIN' } });
  const secret = box.make(provider);
  if (provider === 'env') pipeline.environment[envName(slug, 'MAIN', 'PROBE_TOKEN')] = secret;
  else if (provider === 'store')
    await pipeline.credentials.store.put(tenant, _id, { kind: 'probe_token', fields: { token: secret } }, 'test');
  else await vaults.put(provider, tenant, 'probe', { MAIN: { PROBE_TOKEN: secret } });
  return tenant;
}

async function scopeOf(pipeline: TestPipeline, tenant: TenantId, name: string, params: Outcome['params'], seconds = 240): Promise<ScopeId> {
  const _id = scopeId(`${tenant}-${name}`);
  await pipeline.storage.scopes.create(tenant, {
    _id,
    instance_id: instanceId(`${tenant}-probe`),
    kind: 'scan',
    name,
    categories: ['things', 'others'],
    params: { ...params, talks: true },
    budget: { max_runtime_seconds: seconds },
    created_at: new Date(),
  });
  return _id;
}

async function everyOutcome(): Promise<void> {
  const connections = await Promise.all(PROVIDERS.map(async (provider) => ({ provider, tenant: await connection(main, provider) })));
  await Promise.all(
    connections.flatMap(({ provider, tenant }) =>
      Object.entries(OUTCOMES).map(async ([outcome, { params, budgetSeconds }]) => {
        const scope = await scopeOf(main, tenant, outcome, params, budgetSeconds);
        const running = main.scan(scope);
        if (outcome === 'cancel') await cancelled(scope);
        runs.push({ provider, outcome, run: await running });
      }),
    ),
  );
}

/** When its child has said all that it has to say. */
async function cancelled(scope: ScopeId): Promise<void> {
  const holder = async (): Promise<RunId | undefined> => (await main.storage.scopes.findForStart(scope))?.scope.in_flight?.run;
  const run = await vi.waitUntil(holder, WAIT);
  await vi.waitUntil(() => talked(run), WAIT);
  await main.control.cancel({ run_id: run, tenant_hint: null, source: 'cli', user_id: 'test' });
}

const talked = (run: RunId): boolean => said.some((line) => line.includes(run) && line.includes('the probe is done'));

async function theSources(): Promise<void> {
  const emulators = await openDemo(main);
  for (const scope of demoScopes('northwind')) runs.push({ provider: 'env', outcome: 'demo', run: await main.scan(scope) });
  await emulators.close();
}

/** SIGKILL while the children hold their secrets; the runs go on in another worker. */
async function theCrash(): Promise<void> {
  const scopes: ScopeId[] = [];
  for (const provider of PROVIDERS_OF_PROCESS) {
    const tenant = await connection(crashed, provider);
    scopes.push(await scopeOf(crashed, tenant, 'killed', { mode: 'ok', entities: 1, sleep_ms: 3_000 }));
  }
  const probe = PROBE.executable.args[0] ?? '';
  const sha256 = { [process.execPath]: await digestOfPath(process.execPath), [probe]: await digestOfPath(probe) };
  const executable = { command: process.execPath, args: [probe], read_only_paths: [probe], sha256 };
  const manifest = { ...PROBE.manifest, params: { ...PROBE.manifest.params } };
  const connectors = join(crashed.stateDir, 'connectors.json');
  await writeFile(connectors, JSON.stringify({ schema: 'sv0.connectors/1', connectors: [{ manifest, executable }] }));
  worker = await startWorkerProcess(crashed, {
    environment: { ...vaults.environment, SV0_CONNECTORS_FILE: connectors, SV0_LOG_LEVEL: 'trace' },
  });
  const running = scopes.map((scope) => crashed.scan(scope));
  await vi.waitUntil(() => worker.said().split('the probe is done').length > PROVIDERS_OF_PROCESS.length, WAIT);
  await worker.kill();
  await crashed.startWorker();
  for (const [index, run] of (await Promise.all(running)).entries())
    runs.push({ provider: PROVIDERS_OF_PROCESS[index] ?? '', outcome: 'worker killed', run });
}

async function isListed(workflowId: string): Promise<boolean> {
  for await (const workflow of main.client.workflow.list()) if (workflow.workflowId === workflowId) return true;
  return false;
}

/** The addresses that the API itself lists, for every tenant. */
async function addresses(): Promise<readonly string[]> {
  const openapi = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, { get?: unknown }> };
  const lists = Object.entries(openapi.paths).flatMap(([path, { get }]) => (get === undefined || path.includes('{') ? [] : [path]));
  const tenants = (await main.storage.tenants.list()).map(({ _id }) => _id);
  const pages = ['/', '/operations/runs', '/operations/findings', '/operations/nothing', '/api/v1/openapi.json', '/healthz'];
  return [...pages, ...lists, ...lists.flatMap((path) => tenants.map((tenant) => `${path}?tenant_id=${tenant}`))];
}

async function ownTemporaries(): Promise<readonly string[]> {
  const entries = await readdir(tmpdir(), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() || entry.name.startsWith('sv0-')).map((entry) => join(tmpdir(), entry.name));
}

function told({ hits, searched }: Sweep): void {
  const rows = Object.entries(searched).map(([kind, { items, bytes }]) => `  ${kind}: ${items} places, ${bytes} bytes`);
  process.stdout.write(`canary sweep after ${seconds()} s\n${rows.join('\n')}\n  found: ${hits.length}\n`);
}

describe('the canary sweep', () => {
  it('CRED-07: every provider and every outcome was really there, and the children had their secrets', () => {
    const ended = runs.map(({ provider, outcome, run }) => [`${provider} ${outcome}`, run.status, run.reason]);
    const expected = [
      ...PROVIDERS.flatMap((provider) =>
        Object.entries(OUTCOMES).map(([outcome, { status, reason = null }]) => [
          `${provider} ${outcome}`,
          status,
          expect.anything(),
          reason,
        ]),
      ),
    ];
    for (const [name, status] of expected) expect(ended.find(([of]) => of === name)?.slice(0, 2)).toEqual([name, status]);
    for (const provider of PROVIDERS) expect(ended).toContainEqual([`${provider} cancel`, 'failed', 'cancelled']);
    for (const provider of PROVIDERS_OF_PROCESS)
      expect(ended.find(([of]) => of === `${provider} worker killed`)?.slice(0, 2)).toEqual([`${provider} worker killed`, 'succeeded']);
    for (const { provider, outcome, run } of runs)
      if (outcome in OUTCOMES && outcome !== 'timeout') expect([provider, outcome, talked(run._id)]).toEqual([provider, outcome, true]);
    expect(environments.length).toBeGreaterThan(PROVIDERS.length);
  });

  it('CRED-07 FLOW-05 DATA-09: nothing that was written anywhere holds a canary, in any form', async () => {
    const ours = [histories(main.client), histories(crashed.client), collections(main.storage.connection.db)];
    const places: readonly Place[] = [
      ...ours,
      collections(crashed.storage.connection.db),
      log('worker in process', everythingSaid),
      log('worker that was killed', () => worker.said()),
      files([main.stateDir, crashed.stateDir]),
      answers(api.url, await addresses()),
      commandLines,
    ];
    const result = await sweep(places, [...needles, ...PLANTED]);
    // Other tests write there too, and may name what is planted in the sources.
    const temporaries = await sweep([{ ...files(await ownTemporaries(), began), kind: 'temporary folders' }], needles);
    told({ hits: [...result.hits, ...temporaries.hits], searched: { ...result.searched, ...temporaries.searched } });
    expect([...result.hits, ...temporaries.hits]).toEqual([]);
    // As many histories as there were runs, and more; and every other place was really looked at.
    expect(result.searched['Temporal histories']?.items).toBeGreaterThan(2 * runs.length);
    for (const { bytes } of Object.values(result.searched)) expect(bytes).toBeGreaterThan(1_000);
    expect(Object.keys(result.searched)).toHaveLength(6);
  });

  const secret = box.make('planted');
  const plants: Readonly<Record<string, () => Promise<Place>>> = {
    'Temporal histories': async () => {
      const options = { workflowId: 'planted', taskQueue: 'nobody', args: [{ note: Buffer.from(`x${secret}`).toString('base64') }] };
      const handle = await main.client.workflow.start('planted', options);
      await handle.terminate('planted');
      await vi.waitUntil(() => isListed('planted'), WAIT);
      return histories(main.client);
    },
    'a MongoDB collection': async () => {
      await main.storage.connection.db.collection('notes').insertOne({ deep: [{ text: Buffer.from(secret).toString('hex') }] });
      return collections(main.storage.connection.db);
    },
    'a file in GridFS': async () => {
      const upload = new GridFSBucket(crashed.storage.connection.db, { bucketName: 'artifacts' }).openUploadStream('planted');
      upload.end(Buffer.from(JSON.stringify({ secret })));
      await once(upload, 'finish');
      return collections(crashed.storage.connection.db);
    },
    'a log': async () => {
      logger.info(`GET /?token=${encodeURIComponent(secret)}`);
      return log('worker in process', everythingSaid);
    },
    'a file': async () => {
      const folder = await mkdtemp(join(main.stateDir, 'planted-'));
      await writeFile(join(folder, 'dump.bin'), Buffer.from(`xx${secret}`).toString('base64url'));
      return files([main.stateDir]);
    },
    'a page and an API answer': async () => {
      await main.storage.tenants.create({ _id: tenantId('planted'), slug: 'PLANTED', name: secret, kind: 'demo', created_at: new Date() });
      return answers(api.url, ['/api/v1/tenants']);
    },
    'a command line': async () => {
      const watch = watchProcesses(needles);
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume()', secret], { stdio: ['pipe', 'ignore', 'ignore'] });
      await once(child, 'spawn');
      const { place } = watch.stop();
      child.kill('SIGKILL');
      return place;
    },
  };
  it.each(Object.entries(plants))('CRED-07: a leak that is planted in %s is found', async (_, plant) => {
    expect((await sweep([await plant()], needles)).hits.length).toBeGreaterThan(0);
  });

  it('CRED-07: every form of a canary is found in what another program would have written', () => {
    const forms = [
      secret,
      JSON.stringify(JSON.stringify({ secret })),
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString(),
      Buffer.from(secret).toString('hex').toUpperCase(),
      Buffer.from(secret, 'utf16le').toString('latin1'),
      ...[0, 1, 2].flatMap((offset) =>
        (['base64', 'base64url'] as const).map((encoding) => Buffer.from(`${'~'.repeat(offset)}${secret}`).toString(encoding)),
      ),
    ];
    for (const form of forms) expect([form, search(Buffer.from(form, 'latin1'), needles).length > 0]).toEqual([form, true]);
    expect(search(Buffer.from('nothing of the kind'), [...needles, ...PLANTED])).toEqual([]);
  });
});

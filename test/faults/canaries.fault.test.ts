/**
 * The canary sweep (CRED-07): unique canaries as every secret that a provider gives, as the platform's own keys and in the places where sources keep
 * secrets; every way in which a run can end; connectors that say their secrets in every form; then everything that was written anywhere is searched for them.
 * Every provider with every outcome: `npm run test:canaries`. Elsewhere each provider succeeds and ends in one other way, and each way is there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { GridFSBucket } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdministration } from '../../cli/compose/administration/index.ts';
import { startApi } from '../../cli/compose/api.ts';
import { createLogger } from '../../cli/compose/logger.ts';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { loadConfig } from '../../cli/config.ts';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import { type RunId, type ScopeId, tenantId } from '../../domain/ids.ts';
import type { RunReason, RunStatus, ScanRun } from '../../domain/runs/types.ts';
import { type CanaryBox, canaryBox, type Needle, needlesOf, search } from '../support/canaries.ts';
import { demoScopes, openDemo } from '../support/demo-tenant.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { answers, collections, files, histories, log, type Place, type Sweep, sweep, watchProcesses } from '../support/places.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';
import { keyFiles, keyNeedles, type LocalStack, modesOf, openLocalStack, signedIn, stackNeedles } from './canaries/own-keys.ts';
import { connect, connectorsFile, type Keepers, PROBE_SCRIPT, PROBES, PROVIDERS, scopeOf, startKeepers } from './canaries/providers.ts';

interface Outcome {
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: RunStatus;
  readonly reason?: RunReason;
  readonly budgetSeconds?: number;
}
const OUTCOMES = {
  success: { params: { mode: 'ok', entities: 1 }, status: 'succeeded' },
  partial: { params: { mode: 'partial', entities: 1 }, status: 'partial' },
  denied: { params: { mode: 'denied' }, status: 'failed' },
  crash: { params: { mode: 'crash' }, status: 'failed' },
  timeout: { params: { mode: 'slow' }, status: 'timeout', budgetSeconds: 12 },
  cancel: { params: { mode: 'slow' }, status: 'failed', reason: 'cancelled' },
} as const satisfies Readonly<Record<string, Outcome>>;
type OutcomeName = keyof typeof OUTCOMES;
const [FIRST, ...OTHERS] = Object.keys(OUTCOMES) as [OutcomeName, ...OutcomeName[]];

const ALL = process.env['SV0_CANARIES'] === 'all';
const PLAN = PROVIDERS.map((provider, index) => ({
  provider,
  outcomes: ALL ? [FIRST, ...OTHERS] : [FIRST, OTHERS[index % OTHERS.length] ?? FIRST],
}));

/** What the emulators of the sources hold where people keep secrets: environments, scripts, headers, tags, texts of workflows. */
const PLANTED = [...needlesOf('planted in a source', 'CANARY-'), ...needlesOf('planted in a workflow text', '5d41402abc4b2a76')];

const WAIT = { timeout: 120_000, interval: 50 } as const;
const began = new Date();
const seconds = (): number => Math.round((Date.now() - began.getTime()) / 1_000);
const box: CanaryBox = canaryBox();
const needles = needlesOf('canary', box.mark);
const said: string[] = [];
const logger = createLogger('trace', new Writable({ write: (chunk, _, done) => (said.push(String(chunk)), done()) }));
const everythingSaid = (): string => said.join('');

let main: TestPipeline;
let crashed: TestPipeline;
let keepers: Keepers;
let worker: WorkerProcess;
let api: Awaited<ReturnType<typeof startApi>>;
let stack: LocalStack;
let browser: Awaited<ReturnType<typeof signedIn>>;
let ownKeys: readonly Needle[];
let commandLines: Place;
let environments: readonly number[] = [];
const runs: { readonly provider: string; readonly outcome: string; readonly run: ScanRun }[] = [];

beforeAll(async () => {
  const watch = watchProcesses(needles);
  keepers = await startKeepers(box, { awsSecret: box.make('ours-aws'), entraSecret: box.make('ours-entra') });
  const options = { logger, connectors: PROBES.slice(1), vaults: keepers.providersFor };
  main = await openPipeline(options);
  crashed = await openPipeline({ ...options, worker: false });
  const opened = seconds();
  await Promise.all([everyOutcome(), theSources(), theCrash()]);
  process.stdout.write(`canary sweep: ${runs.length} runs, ${opened} s to begin, ${seconds() - opened} s to run\n`);
  const config = { ...loadConfig({}, main.stateDir), queues: main.queues, apiPort: 0, temporalNamespace: main.namespace };
  const { storage, client, control, registry, queues } = main;
  const now = (): Date => new Date();
  const schedules = createSchedules({ client, queues, storage, now });
  const credentials = main.credentials.store;
  const administration = createAdministration({ storage, registry, schedules, control, credentials, audit: storage.audit, now });
  stack = await openLocalStack(main);
  const { identity } = stack;
  const { intake } = main.credentials;
  api = await startApi({ config, storage, client, control, administration, identity, intake, registry, logger, now });
  browser = await signedIn(api.url, stack);
  const keys = await Promise.all([main, crashed].map((pipeline) => keyNeedles(pipeline, keepers.sources)));
  ownKeys = [...keys.flat(), ...stackNeedles(stack, browser)];
  const stopped = watch.stop();
  commandLines = stopped.place;
  environments = stopped.holders;
}, 300_000);

afterAll(async () => {
  await api?.close();
  await worker?.kill();
  await main?.close();
  await crashed?.close();
  await keepers?.close();
});

async function everyOutcome(): Promise<void> {
  const sweeping = { pipeline: main, keepers, box };
  await Promise.all(
    PLAN.map(async ({ provider, outcomes }) => {
      const connection = await connect(sweeping, 'sweep', provider);
      await Promise.all(
        outcomes.map(async (outcome) => {
          const { params, budgetSeconds }: Outcome = OUTCOMES[outcome];
          const scope = await scopeOf(main, connection, outcome, params, budgetSeconds);
          const running = main.scan(scope);
          if (outcome === 'cancel') await cancelled(scope);
          runs.push({ provider, outcome, run: await running });
        }),
      );
    }),
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

/** SIGKILL while the children of every provider hold their secrets; the runs go on in another worker. */
async function theCrash(): Promise<void> {
  const scopes = await Promise.all(
    PROVIDERS.map(async (provider) => {
      const connection = await connect({ pipeline: crashed, keepers, box }, 'killed', provider);
      return await scopeOf(crashed, connection, 'killed', { mode: 'ok', entities: 1, sleep_ms: 3_000 });
    }),
  );
  const connectors = join(crashed.stateDir, 'connectors.json');
  const pinned = [process.execPath, PROBE_SCRIPT].map(async (path) => [path, await digestOfPath(path)] as const);
  await writeFile(connectors, connectorsFile(Object.fromEntries(await Promise.all(pinned))));
  worker = await startWorkerProcess(crashed, {
    environment: { ...keepers.environment, SV0_CONNECTORS_FILE: connectors, SV0_LOG_LEVEL: 'trace', SV0_MAX_CONNECTORS: '10' },
  });
  const running = scopes.map((scope) => crashed.scan(scope));
  await vi.waitUntil(() => worker.said().split('the probe is done').length > PROVIDERS.length, WAIT);
  await worker.kill();
  await crashed.startWorker();
  for (const [index, run] of (await Promise.all(running)).entries())
    runs.push({ provider: PROVIDERS[index] ?? '', outcome: 'worker killed', run });
}

async function isListed(workflowId: string): Promise<boolean> {
  for await (const workflow of main.client.workflow.list()) if (workflow.workflowId === workflowId) return true;
  return false;
}

/** As the operator's browser and command line ask. */
const caller = () => ({ authorization: `Bearer ${stack.token}`, cookie: `sv0=${browser.cookie}` });
const asked = (addresses: readonly string[]): Place => answers(api.url, addresses, caller());

/** The addresses that the API itself lists, for every tenant. */
async function addresses(): Promise<readonly string[]> {
  const openapi = (await (await fetch(`${api.url}/api/v1/openapi.json`, { headers: caller() })).json()) as {
    paths: Record<string, { get?: unknown }>;
  };
  const lists = Object.entries(openapi.paths).flatMap(([path, { get }]) => (get === undefined || path.includes('{') ? [] : [path]));
  const tenants = (await main.storage.tenants.list()).map(({ _id }) => _id);
  const pages = ['/', '/operations/runs', '/operations/findings', '/operations/nothing', '/api/v1/openapi.json', '/healthz'];
  return [...pages, ...lists, ...lists.flatMap((path) => tenants.map((tenant) => `${path}?tenant_id=${tenant}`))];
}

/** Of everybody on this machine, but for where the keys of ours are meant to lie. */
async function ownTemporaries(): Promise<readonly string[]> {
  const entries = await readdir(tmpdir(), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() || entry.name.startsWith('sv0-')).map((entry) => join(tmpdir(), entry.name));
}
const meant = (): readonly string[] => [main, crashed].flatMap((pipeline) => keyFiles(pipeline, keepers.sources));

function told({ hits, searched }: Sweep): void {
  const rows = Object.entries(searched).map(([kind, { items, bytes }]) => `  ${kind}: ${items} places, ${bytes} bytes`);
  process.stdout.write(`canary sweep after ${seconds()} s\n${rows.join('\n')}\n  found: ${hits.length}\n`);
}

describe('the canary sweep', () => {
  it('CRED-07 CRED-18: every provider and every outcome was really there, and the children had their secrets', () => {
    const ended = (provider: string, outcome: string) => {
      const { run } = runs.find((one) => one.provider === provider && one.outcome === outcome) ?? {};
      // The codes are shown when something else came than was expected.
      const codes = Object.values(run?.category_results ?? {}).flatMap(({ errors }) => errors.map(({ code }) => code));
      return { provider, outcome, status: run?.status, reason: run?.reason, codes, talked: run !== undefined && talked(run._id) };
    };
    const byPlan = PLAN.flatMap(({ provider, outcomes }) => outcomes.map((outcome) => ({ provider, outcome })));
    for (const { provider, outcome } of byPlan) {
      const { status, reason }: Outcome = OUTCOMES[outcome];
      // The time may be over before it has said everything.
      const spoke = outcome === 'timeout' ? {} : { talked: true };
      const it = ended(provider, outcome);
      expect(it, JSON.stringify(it)).toMatchObject({ provider, outcome, status, ...spoke, ...(reason === undefined ? {} : { reason }) });
    }
    expect([...new Set(byPlan.map(({ outcome }) => outcome))].sort()).toEqual(Object.keys(OUTCOMES).sort());
    for (const provider of PROVIDERS) {
      const it = ended(provider, 'worker killed');
      expect(it, JSON.stringify(it)).toMatchObject({ provider, status: 'succeeded' });
    }
    expect(runs.filter(({ outcome }) => outcome === 'demo').map(({ run }) => run.status)).toEqual(Array(4).fill('succeeded'));
    expect(environments.length).toBeGreaterThan(2 * PROVIDERS.length);
  });

  it('CRED-07 FLOW-05 DATA-09: nothing that was written anywhere holds a canary, in any form', async () => {
    const ours = [histories(main.client), histories(crashed.client), collections(main.storage.connection.db)];
    const places: readonly Place[] = [
      ...ours,
      collections(crashed.storage.connection.db),
      log('worker in process', everythingSaid),
      log('worker that was killed', () => worker.said()),
      files([main.stateDir, crashed.stateDir], undefined, meant()),
      asked(await addresses()),
      commandLines,
    ];
    const result = await sweep(places, [...needles, ...ownKeys, ...PLANTED]);
    // Other tests write there too, and may name what is planted in the sources.
    const temporaries = await sweep([{ ...files(await ownTemporaries(), began, meant()), kind: 'temporary folders' }], needles);
    told({ hits: [...result.hits, ...temporaries.hits], searched: { ...result.searched, ...temporaries.searched } });
    expect([...result.hits, ...temporaries.hits]).toEqual([]);
    // As many histories as there were runs, and more; and every other place was really looked at.
    expect(result.searched['Temporal histories']?.items).toBeGreaterThan(2 * runs.length);
    for (const { bytes } of Object.values(result.searched)) expect(bytes).toBeGreaterThan(1_000);
    expect(Object.keys(result.searched)).toHaveLength(6);
  });

  it('CRED-07: the platform’s own keys lie in files that their owner alone can read, and the search knows them there', async () => {
    const modes = await modesOf(meant());
    expect([modes.length > 10, new Set(modes)]).toEqual([true, new Set(['600'])]);
    const { hits } = await sweep([files(meant())], [...needles, ...ownKeys]);
    const labels = new Set(hits.map(({ label }) => label));
    // Never written at all: the session key, the sign-in link and the cookie.
    expect([...labels].sort()).toEqual([
      'GitHub App private key (PEM)',
      'artifact key',
      'canary',
      'evidence signing key',
      'evidence signing key (PEM)',
      'key-encryption key',
      'token of the command line',
    ]);
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
      return asked(['/api/v1/tenants']);
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

/**
 * A whole pipeline for one test file: real workers, threads, children, Temporal and database; its own database and task queues.
 * `dist/` must be built (`npm test` does).
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { openCredentialKeys } from '../../cli/compose/credential-keys.ts';
import { createStoredCredentials, type StoredCredentials } from '../../cli/compose/credential-store.ts';
import { createLogger, installTemporalLogger, type Logger } from '../../cli/compose/logger.ts';
import { computingActivities, connectorActivities, pipelineActivities } from '../../cli/compose/platform.ts';
import { createIngestService } from '../../cli/compose/ingest-service.ts';
import { createRunControl, type FullRunControl } from '../../cli/compose/run-control.ts';
import { openStorage, type Storage } from '../../cli/compose/storage.ts';
import { connectTemporal } from '../../cli/compose/temporal-connection.ts';
import { createThreadPool } from '../../cli/compose/thread-pool.ts';
import type { ThreadSettings } from '../../cli/compose/thread-protocol.ts';
import { type RunningWorkers, startWorkers } from '../../cli/compose/workers.ts';
import { prepareNamespace } from '../../cli/compose/namespace.ts';
import { DIST, THREAD_ENTRY, WORKFLOW_BUNDLE } from '../../cli/folders.ts';
import type { IngestService, Started } from '../../api/ports.ts';
import { builtinConnectors } from '../../connectors/registry/builtin.ts';
import { type ConnectorRegistry, createRegistry, type RegisteredConnector } from '../../connectors/registry/registry.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import { envName } from '../../domain/credentials/ref.ts';
import { instanceId, scopeId, tenantId, type RunId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';
import type { TaskQueues } from '../../workflows/messages.ts';

export const PROBE: RegisteredConnector = {
  manifest: {
    kind: 'probe',
    title: 'Probe',
    source_system: 'probe',
    version: '1.0.0',
    categories: ['things', 'others'].map((name) => ({ name, title: name, entities: ['identity/probe'], edges: [], permissions: [] })),
    credential_kinds: [{ kind: 'probe_token', variables: { PROBE_TOKEN: { field: 'token', required: true } } }],
    accepted_variants: {},
    capabilities: { auth: { required: true } },
    config: {},
    params: {
      mode: { type: 'string', required: false, description: 'what to do' },
      entities: { type: 'number', required: false, description: 'how many' },
      talks: { type: 'boolean', required: false, description: 'logs secrets' },
      sleep_ms: { type: 'number', required: false, description: 'first' },
    },
  },
  executable: {
    command: process.execPath,
    args: [join(import.meta.dirname, 'connectors', 'probe.mjs')],
    readOnlyPaths: [join(import.meta.dirname, 'connectors', 'probe.mjs')],
  },
};

export const PROBE_TOKEN = 'probe-token-of-the-tests';

export interface TestPipeline {
  readonly storage: Storage;
  readonly client: Client;
  /** Of its own: a tenant's coordinator has one id per namespace. */
  readonly namespace: string;
  readonly control: FullRunControl;
  readonly ingest: IngestService;
  readonly queues: TaskQueues;
  readonly registry: ConnectorRegistry;
  readonly environment: Record<string, string>;
  /** The encrypted store, with a key of this pipeline. */
  readonly credentials: StoredCredentials;
  readonly settings: ThreadSettings;
  readonly stateDir: string;
  /** Starts a worker of this process; stopped by `close` at the latest. */
  startWorker(options?: { readonly maxConnectors?: number }): Promise<RunningWorkers>;
  /** A tenant with one probe instance and scope, its credential in place. */
  probeScope(options?: ProbeOptions): Promise<{ tenant: TenantId; scope: ScopeId }>;
  /** Starts a scan as a person at the command line does; the record may not be there yet. */
  start(scope: ScopeId): Promise<Started>;
  /** Starts a scan and waits for its end. */
  scan(scope: ScopeId): Promise<ScanRun>;
  run(tenant: TenantId, run: RunId): Promise<ScanRun>;
  close(): Promise<void>;
}

export interface ProbeOptions {
  readonly tenant?: string;
  readonly scope?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly budgetSeconds?: number;
  readonly cooldownSeconds?: number;
}

export interface PipelineOptions {
  /** Names database and queues; random when left out. */
  readonly unique?: string;
  readonly worker?: boolean;
  readonly mongodbUri?: string;
  /** Another server than the test run's. */
  readonly temporalAddress?: string;
  /** Beside the built-in ones and the probe. */
  readonly connectors?: readonly RegisteredConnector[];
  /** Providers of vaults, as a host would be configured for. */
  readonly vaults?: readonly CredentialProvider[] | ((storage: Storage) => readonly CredentialProvider[]);
  /** Of the worker, and of the SDK when no other pipeline of this process came first. */
  readonly logger?: Logger;
}

export async function openPipeline(options: PipelineOptions = {}): Promise<TestPipeline> {
  const unique = options.unique ?? randomUUID().replaceAll('-', '').slice(0, 12);
  const uri = options.mongodbUri ?? required('SV0_TEST_MONGODB_URI');
  const address = options.temporalAddress ?? required('SV0_TEST_TEMPORAL_ADDRESS');
  const stateDir = await mkdtemp(join(tmpdir(), 'sv0-state-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const settings: ThreadSettings = {
    uri,
    database: `test_${unique}`,
    artifactKey: new Uint8Array(randomBytes(32)),
    evidenceKeyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
  const storage = await openStorage(settings);
  await ensureIndexes(storage.connection.db);
  const namespace = `test-${unique}`;
  const temporal = await connectTemporal({ temporalAddress: address, temporalNamespace: namespace, temporalTls: undefined });
  await temporal.client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  await prepareNamespace(temporal.client, namespace);
  const queues: TaskQueues = { pipeline: `pipeline-${unique}`, connectors: `connectors-${unique}` };
  const registry = createRegistry([...builtinConnectors(join(DIST, 'connectors')), PROBE, ...(options.connectors ?? [])]);
  const environment: Record<string, string> = {};
  const now = (): Date => new Date();
  const credentials = createStoredCredentials({
    storage,
    registry,
    keys: await openCredentialKeys({ credentialKeys: undefined, keyVault: undefined, stateDir }),
    now,
  });
  const control = createRunControl({ client: temporal.client, queues, storage, now });
  const ingest = createIngestService({ client: temporal.client, queues, storage, registry, now });
  const logger = options.logger ?? createLogger(process.env['SV0_LOG_LEVEL'] ?? 'error');
  installTemporalLogger(logger);
  const closers: (() => Promise<void>)[] = [];

  async function startWorker({ maxConnectors = 10 }: { readonly maxConnectors?: number } = {}): Promise<RunningWorkers> {
    const threads = createThreadPool({ entry: THREAD_ENTRY, settings, threads: 1 });
    const parts = { storage, client: temporal.client, queues, threads, registry, now };
    const connection = await NativeConnection.connect({ address });
    const workers = await startWorkers({
      connection,
      namespace,
      queues,
      workflowBundle: { codePath: WORKFLOW_BUNDLE },
      pipeline: pipelineActivities(parts),
      computing: { activities: computingActivities(parts), threads: 1 },
      connectors: connectorActivities({
        storage,
        registry,
        config: { isolation: undefined, stateDir },
        environment,
        stored: credentials.recovery,
        hiddenPaths: [],
        vaults: typeof options.vaults === 'function' ? options.vaults(storage) : (options.vaults ?? []),
        logger,
        now,
      }),
      maxConnectors,
      logger,
    });
    closers.push(async () => {
      await workers.stop();
      await threads.close();
      await connection.close();
    });
    return workers;
  }

  const start = (scope: ScopeId): Promise<Started> =>
    control.start({
      scope_id: scope,
      tenant_hint: null,
      trigger_type: 'manual_api',
      source: 'cli',
      user_id: 'test',
      override_cooldown: false,
      idempotency_key: null,
    });

  if (options.worker !== false) await startWorker();
  let tenants = 0;
  return {
    storage,
    client: temporal.client,
    namespace,
    control,
    ingest,
    queues,
    registry,
    environment,
    credentials,
    settings,
    stateDir,
    startWorker,
    probeScope: async ({ tenant: name, scope: scopeName, params = {}, budgetSeconds = 120, cooldownSeconds } = {}) => {
      tenants += 1;
      const tenant = tenantId(name ?? `t${unique}${tenants}`);
      const slug = tenant
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '')
        .slice(0, 32);
      const created_at = now();
      if ((await storage.tenants.find(tenant)) === null)
        await storage.tenants.create({ _id: tenant, slug, name: tenant, kind: 'demo', created_at });
      const instance = instanceId(`${tenant}-probe`);
      if ((await storage.instances.find(tenant, instance)) === null) {
        await storage.instances.create(tenant, {
          _id: instance,
          connector: 'probe',
          name: 'probe',
          source_tenant: `source-${tenant}`,
          credentials_ref: { provider: 'env', ref: 'PROBE' },
          config: {},
          status: 'active',
          created_at,
        });
      }
      environment[envName(slug, 'PROBE', 'PROBE_TOKEN')] = PROBE_TOKEN;
      const scope = scopeId(`${tenant}-${scopeName ?? 'probe'}`);
      await storage.scopes.create(tenant, {
        _id: scope,
        instance_id: instance,
        kind: 'scan',
        name: 'probe',
        categories: ['things', 'others'],
        params,
        budget: { max_runtime_seconds: budgetSeconds },
        ...(cooldownSeconds === undefined ? {} : { cooldown_seconds: cooldownSeconds }),
        created_at,
      });
      return { tenant, scope };
    },
    start,
    scan: async (scope) => {
      const started = await start(scope);
      await control.result(started);
      const tenant = await storage.lookups.tenantOfRun(started.run_id);
      if (tenant === null) throw new Error('the run left no record');
      return await storage.runs.get(tenant, started.run_id);
    },
    run: (tenant, run) => storage.runs.get(tenant, run),
    close: async () => {
      for (const close of closers.toReversed()) await close();
      await storage.connection.db.dropDatabase();
      await storage.close();
      await temporal.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}

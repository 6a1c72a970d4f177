/** Starts the long-running parts of a process: threads, workers, the API; each is added to what must be stopped. */
import { cpus } from 'node:os';
import { hardenWorker } from '../../connectors/driver/harden.ts';
import { ensureIndexes } from '../../storage/mongo/indexes.ts';
import type { AppConfig } from '../config.ts';
import { THREAD_ENTRY, WORKFLOW_BUNDLE } from '../folders.ts';
import type { Stops } from '../services/stops.ts';
import { createAdministration } from './administration/index.ts';
import { federationProvider } from './federation.ts';
import type { Identity, IdentityParts } from './identity.ts';
import { type Logger, installTemporalLogger } from './logger.ts';
import { prepareNamespace } from './namespace.ts';
import { openCredentialKeys } from './credential-keys.ts';
import { createStoredCredentials } from './credential-store.ts';
import { enrolConnections } from './enrolment.ts';
import { ownSecretFiles } from './own-secrets.ts';
import { computingActivities, connectorActivities, pipelineActivities } from './platform.ts';
import { ensureReaper } from './reaper.ts';
import { openRegistry } from './registry.ts';
import { createRunControl, type FullRunControl } from './run-control.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { openStorage, type Storage } from './storage.ts';
import { connectTemporal, connectWorkerToTemporal } from './temporal-connection.ts';
import { createThreadPool } from './thread-pool.ts';
import type { ThreadSettings } from './thread-protocol.ts';
import { vaultProviders } from './vaults.ts';
import { startWorkers } from './workers.ts';

/** Which parts a process serves. */
export interface ServeParts {
  readonly pipeline: boolean;
  readonly connectors: boolean;
  readonly api: boolean;
}

export interface PipelineOptions {
  /** With the addresses of services that were found or started. */
  readonly config: AppConfig;
  readonly settings: ThreadSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly stops: Stops;
  readonly serve: ServeParts;
  readonly localIssuer: IdentityParts['localIssuer'];
}

export interface Pipeline {
  readonly storage: Storage;
  readonly control: FullRunControl;
  readonly schedules: Schedules;
  readonly apiUrl: string;
  /** Of the local issuer, when the API runs with it. */
  readonly local: Identity['local'];
  /** Rejects when a worker fails. */
  readonly failed: Promise<void>;
}

export async function startPipeline({
  config,
  settings,
  environment,
  logger,
  stops,
  serve,
  localIssuer,
}: PipelineOptions): Promise<Pipeline> {
  const now = (): Date => new Date();
  const storage = await openStorage(settings);
  stops.add('database connection', storage.close);
  await ensureIndexes(storage.connection.db);
  const temporal = await connectTemporal(config);
  stops.add('Temporal client', temporal.close);
  await prepareNamespace(temporal.client, config.temporalNamespace);
  const registry = await openRegistry(config.connectorsFile);
  const { queues } = config;
  const control = createRunControl({ client: temporal.client, queues, storage, now });
  const schedules = createSchedules({ client: temporal.client, queues, storage, now });

  const storedCredentials = async () => createStoredCredentials({ storage, registry, keys: await openCredentialKeys(config), now });
  const credentialParts = async () => ({
    stored: (await storedCredentials()).recovery,
    vaults: [...(await vaultProviders(config, now)), await federationProvider(config, storage, now)],
    hiddenPaths: await ownSecretFiles(config, environment),
  });

  let failed: Promise<void> = new Promise(() => undefined);
  if (serve.pipeline || serve.connectors) {
    installTemporalLogger(logger);
    if (serve.connectors) {
      hardenWorker();
      await enrolConnections({ storage, registry, environment, logger });
    }
    const threadCount = Math.max(1, cpus().length);
    const threads = createThreadPool({ entry: THREAD_ENTRY, settings, threads: threadCount });
    const parts = { storage, client: temporal.client, queues, threads, registry, now };
    stops.add('threads', threads.close);
    const connection = await connectWorkerToTemporal(config);
    stops.add('Temporal connection', () => connection.close());
    const workers = await startWorkers({
      connection,
      namespace: config.temporalNamespace,
      queues,
      workflowBundle: { codePath: WORKFLOW_BUNDLE },
      pipeline: serve.pipeline ? pipelineActivities(parts) : null,
      computing: serve.pipeline ? { activities: computingActivities(parts), threads: threadCount } : null,
      connectors: serve.connectors
        ? connectorActivities({ storage, registry, config, environment, ...(await credentialParts()), logger, now })
        : null,
      maxConnectors: config.maxConnectors,
      logger,
    });
    stops.add('workers', workers.stop);
    failed = workers.done;
    if (serve.pipeline) await ensureReaper(temporal.client, queues.pipeline);
  }
  let apiUrl = '';
  let local: Identity['local'] = null;
  if (serve.api) {
    // A worker needs none of it: it starts without loading the API and the pages.
    const [{ startApi }, { createIdentity }] = await Promise.all([import('./api.ts'), import('./identity.ts')]);
    const { store: credentials, intake } = await storedCredentials();
    const administration = createAdministration({ storage, registry, schedules, control, credentials, audit: storage.audit, now });
    const identity = await createIdentity({ config, audit: storage.audit, endedSessions: storage.endedSessions, now, localIssuer });
    const api = await startApi({
      config,
      storage,
      client: temporal.client,
      control,
      administration,
      identity,
      intake,
      registry,
      logger,
      now,
    });
    stops.add('API', api.close);
    apiUrl = api.url;
    local = identity.local;
  }
  return { storage, control, schedules, apiUrl, local, failed };
}

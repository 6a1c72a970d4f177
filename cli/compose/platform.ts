/** Builds the real things out of a configuration: what every long-running command and every test of the whole stands on. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createCollectActivities } from '../../activities/collect.ts';
import { createDeriveActivities } from '../../activities/derive.ts';
import { createGateActivities } from '../../activities/gate.ts';
import { createLedgerActivities } from '../../activities/ledger.ts';
import { createPassActivities } from '../../activities/pass.ts';
import { createPreflightActivities } from '../../activities/preflight.ts';
import { createReapActivities } from '../../activities/reap.ts';
import { createSyncActivities } from '../../activities/sync.ts';
import { createTestConnectionActivities } from '../../activities/test-connection.ts';
import { createCredentialBroker } from '../../broker/credential-broker.ts';
import { createEnvProvider } from '../../broker/providers/env.ts';
import { createOpProvider } from '../../broker/providers/op.ts';
import { createStoreProvider } from '../../broker/providers/store.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import type { StoredCredentialRecovery } from '../../broker/store/recovery.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import type { TaskQueues } from '../../workflows/messages.ts';
import type { AppConfig } from '../config.ts';
import { createConnectorChecker, createConnectorRunner } from './connector-runner.ts';
import type { Logger } from './logger.ts';
import { createWorkflowSweeper } from './reaper.ts';
import type { Storage } from './storage.ts';
import { createCoordinator, createWorkflowDirectory } from './temporal.ts';
import { refusingWhenBusy, type ThreadPool } from './thread-pool.ts';
import { createWorkerVersions } from './worker-versions.ts';
import type { ComputingActivities, ConnectorActivities, PipelineActivities } from './workers.ts';

export interface PipelineParts {
  readonly storage: Storage;
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly threads: Omit<ThreadPool, 'close'>;
  readonly registry: ConnectorRegistry;
  readonly now: () => Date;
}

export function pipelineActivities({ storage, client, queues, threads, registry, now }: PipelineParts): PipelineActivities {
  const { runs, scopes, tenantState } = storage;
  return {
    ...createLedgerActivities({
      runs,
      tenants: storage.tenants,
      scopes,
      workflows: createWorkflowDirectory(client),
      coordinator: createCoordinator(client, queues.pipeline),
      now,
    }),
    ...createPassActivities({ runs, tenantState, now }),
    ...stages({ storage, registry, now, threads: refusingWhenBusy(threads) }),
    ...createReapActivities({
      scopes,
      runs,
      artifacts: storage.artifacts,
      logs: storage.connectorLogs,
      tenantOfRun: storage.lookups.tenantOfRun,
      workflows: createWorkflowSweeper(client, queues.pipeline),
      serverTime: storage.serverTime,
    }),
    ...createGateActivities({
      tenants: storage.tenants,
      scopes,
      derived: storage.derived,
      snapshots: storage.gateSnapshots,
      workers: createWorkerVersions(client, queues.pipeline),
      now,
    }),
  };
}

/** The same stages for the queue on which they wait for a thread: there they are not taken before there is one. */
export const computingActivities = (parts: PipelineParts): ComputingActivities => stages(parts);

function stages({
  storage: { runs, scopes },
  threads,
  registry,
  now,
}: Pick<PipelineParts, 'storage' | 'registry' | 'now'> & { readonly threads: Pick<ThreadPool, 'engine' | 'sync'> }): ComputingActivities {
  const sourceSystemOf = (connector: string): string => registry.get(connector).manifest.source_system;
  return {
    ...createSyncActivities({ runs, scopes, graph: threads.sync, sourceSystemOf, now }),
    ...createDeriveActivities({ engine: threads.engine, runs, now }),
  };
}

export interface ConnectorParts {
  readonly storage: Storage;
  readonly registry: ConnectorRegistry;
  readonly config: Pick<AppConfig, 'isolation' | 'stateDir'>;
  /** What the `env` provider looks names up in. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The way out of the encrypted store. */
  readonly stored: StoredCredentialRecovery;
  /** Vaults that this host is configured for. */
  readonly vaults: readonly CredentialProvider[];
  /** Secrets of ours outside of the state folder, kept from the children where a level hides by name. */
  readonly hiddenPaths: readonly string[];
  readonly logger: Logger;
  readonly now: () => Date;
}

export function connectorActivities({
  storage,
  registry,
  config,
  environment,
  stored,
  vaults,
  hiddenPaths,
  logger,
  now,
}: ConnectorParts): ConnectorActivities {
  const { runs, scopes, instances, artifacts, verifiedTenants, audit } = storage;
  const manifestOf = (connector: string) => registry.get(connector).manifest;
  const broker = createCredentialBroker({
    providers: [createEnvProvider(environment), createOpProvider(), createStoreProvider(stored), ...vaults],
    stored,
    audit: { append: (tenant, entry) => audit.append(tenant, { ...entry, at: now() }) },
    manifestOf,
  });
  const isolation = config.isolation === undefined ? {} : { isolation: config.isolation };
  const driver = { workRoot: join(config.stateDir, 'work'), hiddenPaths: [config.stateDir, ...hiddenPaths], ...isolation };
  return {
    ...createPreflightActivities({ verifiedTenants, broker }),
    ...createCollectActivities({
      scopes,
      runs,
      artifacts,
      verifiedTenants,
      broker,
      connectors: createConnectorRunner({ driver, registry, logs: storage.connectorLogs, logger, now }),
      now,
    }),
    ...createTestConnectionActivities({
      verifiedInstances: verifiedTenants,
      instances,
      scopes,
      broker,
      checker: createConnectorChecker({ driver, registry, logger }),
      manifestOf,
      now,
    }),
  };
}

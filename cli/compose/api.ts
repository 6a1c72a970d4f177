/** The API and the pages with their real parts. */
import type { Client } from '@temporalio/client';
import { createApp } from '../../api/app.ts';
import { DEFAULT_LIMITS } from '../../api/deps.ts';
import type { RateLimits } from '../../api/middleware/rate.ts';
import type { Administration } from '../../api/administration.ts';
import type { Health, RunControl } from '../../api/ports.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import type { Intake } from '../../broker/intake.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { RULES } from '../../domain/rules/registry.ts';
import { createViews } from '../../storage/views/index.ts';
import { measureViews } from '../../storage/views/measures.ts';
import type { AppConfig } from '../config.ts';
import { VERSION } from '../version.ts';
import { createConnectionTests } from './connection-tests.ts';
import { createRunLogs } from './connector-log.ts';
import { createAttemptHistory } from './attempt-history.ts';
import { createGateControl } from './gate-control.ts';
import type { Identity } from './identity.ts';
import { createIngestService } from './ingest-service.ts';
import type { Logger } from './logger.ts';
import type { Storage } from './storage.ts';

export interface ApiParts {
  readonly config: AppConfig;
  readonly storage: Storage;
  readonly client: Client;
  readonly control: RunControl;
  readonly administration: Administration;
  readonly identity: Identity;
  readonly intake: Intake;
  readonly registry: ConnectorRegistry;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly rates?: RateLimits;
}

export async function startApi({
  config,
  storage,
  client,
  control,
  administration,
  identity,
  intake,
  registry,
  logger,
  now,
  rates,
}: ApiParts): Promise<RunningServer> {
  const { queues } = config;
  const app = createApp({
    views: createViews({ collections: storage.collections, graph: storage.graph, evidence: storage.evidence, now }),
    ingest: createIngestService({ client, queues, storage, registry, now }),
    runControl: control,
    gate: createGateControl({ client, pipelineQueue: queues.pipeline, storage }),
    administration,
    connectionTests: createConnectionTests({ client, queues, storage, now }),
    health: createHealth(storage, client),
    measures: measureViews(storage.collections, now),
    audit: {
      record: async (tenant, { action, actor, subject }) => {
        await storage.audit.append(tenant, { at: now(), action, actor, subject, outcome: 'done' });
      },
    },
    callers: identity.callers,
    signIn: identity.signIn,
    hosts: identity.hosts,
    trustedProxies: config.trustedProxies,
    ...(config.oidc?.publicUrl === undefined ? {} : { publicOrigin: config.oidc.publicUrl.origin }),
    rules: { get: (id) => RULES.find((rule) => rule.id === id) },
    connectors: registry.list().map(({ manifest }) => manifest),
    intake,
    storeKeyKept: (config.credentialKeys?.[0]?.keeper ?? 'file') !== 'file',
    runLogs: createRunLogs(storage.connectorLogs),
    attempts: createAttemptHistory(client),
    temporalUi: config.temporalUiUrl === undefined ? null : { url: config.temporalUiUrl, namespace: config.temporalNamespace },
    log: { error: (facts, message) => logger.error(facts, message) },
    now,
    version: VERSION,
    ...(rates === undefined ? {} : { limits: { ...DEFAULT_LIMITS, rates } }),
  });
  return await startServer({
    app,
    host: config.apiHost,
    port: config.apiPort,
    issuerConfigured: identity.issuerConfigured,
    settings: { host: 'SV0_API_HOST', port: 'SV0_API_PORT' },
  });
}

function createHealth(storage: Storage, client: Client): Health {
  const answers = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      () => false,
    );
  return {
    check: async () => {
      const [mongodb, temporal] = await Promise.all([
        answers(storage.connection.db.command({ ping: 1 })),
        answers(client.workflowService.getSystemInfo({})),
      ]);
      return [
        { name: 'mongodb', ok: mongodb },
        { name: 'temporal', ok: temporal },
      ];
    },
  };
}

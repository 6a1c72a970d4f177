/** The services that the pipeline stands on: is each there, in which version, and does it do what is rested on? */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type Connection } from '@temporalio/client';
import type { Db } from 'mongodb';
import { isLoopbackHost } from '../../api/loopback.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { connectMongo } from '../../storage/mongo/client.ts';
import { checkConformance } from '../../storage/mongo/conformance.ts';
import { serverTime } from '../../storage/mongo/server-time.ts';
import { connectToTemporal } from '../compose/temporal-connection.ts';
import { createWorkerVersions } from '../compose/worker-versions.ts';
import type { AppConfig } from '../config.ts';
import { onPath } from '../services/on-path.ts';
import { clockCheck, type Reading } from './clock.ts';
import { type Check, failed, ok, warning } from './types.ts';

const CONNECT_MS = 3_000;
const CALL_MS = 5_000;
const RETENTION_DAYS = 30;

type ServiceConfig = Pick<AppConfig, 'stateDir' | 'database' | 'temporalNamespace' | 'temporalTls' | 'queues'>;

/** @param uri null when none is configured and no `npm start` runs */
export async function mongoChecks(config: ServiceConfig, uri: string | null): Promise<readonly Check[]> {
  if (uri === null) return [await couldBring('mongodb', 'MONGODB_URI', config, ['mongod', 'secantusd-rs'], 'secantusd-py')];
  const connection = await connectMongo(uri, { database: config.database }).catch(() => null);
  if (connection === null) return [failed('mongodb.server', 'MONGODB_URI names no server that answers', 'npm start')];
  try {
    const { version } = (await connection.db.command({ buildInfo: 1 })) as { readonly version?: string };
    const checks = await checkConformance(connection.db);
    return [
      ok('mongodb.server', `answers, version ${version ?? 'unknown'}, database ${config.database}`),
      clockCheck(await mongoTime(connection.db)),
      ...checks.map(({ name, holds, required, meaning }) => {
        if (holds) return ok(`mongodb.${name}`, meaning);
        return required
          ? failed(`mongodb.${name}`, `does not hold on this server: ${meaning}`)
          : warning(`mongodb.${name}`, `does not hold on this server, and nothing of ours rests on it: ${meaning}`);
      }),
    ];
  } catch {
    return [failed('mongodb.server', 'the server answered, and then a check of it failed', 'npm start')];
  } finally {
    await connection.close();
  }
}

async function mongoTime(db: Db): Promise<Reading | null> {
  const asked = Date.now();
  const server = await serverTime(db);
  return server === null ? null : { server, asked, answered: Date.now() };
}

/** @param address null when none is configured and no `npm start` runs */
export async function temporalChecks(config: ServiceConfig, address: string | null): Promise<readonly Check[]> {
  if (address === null) return [await couldBring('temporal', 'TEMPORAL_ADDRESS', config, ['temporal'], 'temporal')];
  const connection = await connectToTemporal({ ...config, temporalAddress: address }, CONNECT_MS).catch(() => null);
  if (connection === null) return [failed('temporal.server', `nothing answers at ${address}`, 'npm start')];
  try {
    return [
      ...inTheClear(config, address),
      ...(await connection.withDeadline(Date.now() + CALL_MS, () => temporalFacts(config, connection))),
    ];
  } catch {
    return [failed('temporal.server', `${address} answers, and then a call failed`, 'npm start')];
  } finally {
    await connection.close();
  }
}

/** Ids and starts of scans can be read and written on the way. */
function inTheClear({ temporalTls }: ServiceConfig, address: string): readonly Check[] {
  const host = address.replace(/:\d+$/, '');
  if (temporalTls !== undefined || isLoopbackHost(host)) return [];
  return [
    warning('temporal.tls', `${host} is reached without TLS: whoever is on the way can start scans (docs/deploy.md, TEMPORAL_TLS_…)`),
  ];
}

async function temporalFacts({ temporalNamespace: namespace, queues }: ServiceConfig, connection: Connection): Promise<readonly Check[]> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const server = ok('temporal.server', `answers, version ${serverVersion || 'unknown'}`);
  const described = await connection.workflowService.describeNamespace({ namespace }).catch(() => null);
  if (described === null) {
    return [
      server,
      failed('temporal.namespace', `there is no namespace ${namespace}`, `temporal operator namespace create -n ${namespace}`),
    ];
  }
  const days = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter((name) => !(name in (customAttributes ?? {})));
  const client = new Client({ connection, namespace });
  const versions = await createWorkerVersions(client, queues.pipeline).list();
  return [
    server,
    ok('temporal.namespace', namespace),
    days >= RETENTION_DAYS
      ? ok('temporal.retention', `histories are kept for ${days} days`)
      : warning('temporal.retention', `histories are kept for ${days} days only: links and replays die`, 'sv0 doctor --refresh'),
    missing.length === 0
      ? ok('temporal.search_attributes', Object.values(SEARCH_ATTRIBUTES).join(', '))
      : failed('temporal.search_attributes', `missing: ${missing.join(', ')}; workflows that set them fail`, 'sv0 doctor --refresh'),
    workers(versions, queues.pipeline),
  ];
}

function workers(versions: readonly string[], queue: string): Check {
  if (versions.length === 0) return warning('temporal.workers', `no worker serves ${queue}: what is started waits`, 'sv0 worker');
  return versions.length === 1
    ? ok('temporal.workers', `${queue} is served by ${versions[0]}`)
    : warning('temporal.workers', `workers of several versions serve ${queue}: ${versions.join(', ')}`);
}

/** Nothing runs: is there a way for `npm start` to bring it? */
async function couldBring(
  name: string,
  setting: string,
  { stateDir }: ServiceConfig,
  commands: readonly string[],
  ours: string,
): Promise<Check> {
  for (const command of commands) {
    if ((await onPath(command)) !== null) return warning(`${name}.server`, `not running; ${command} is on PATH`, 'npm start');
  }
  if (existsSync(join(stateDir, 'services', 'python', 'bin', ours)))
    return warning(`${name}.server`, `not running; ${ours} is installed`, 'npm start');
  if ((await onPath('python3')) !== null) return warning(`${name}.server`, `not running; ${ours} can be installed`, 'sv0 doctor --refresh');
  return failed(
    `${name}.server`,
    `${setting} is not set, and nothing here could bring it`,
    'install python3 (3.11 or newer) with venv and pip',
  );
}

/** What the host gives: Node, the build, how connector children are boxed, and what they could reach. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { detectIsolation, type IsolationReport } from '../../connectors/driver/isolation/detect.ts';
import { missingWalls, WALLS } from '../../connectors/driver/isolation/walls.ts';
import type { AppConfig } from '../config.ts';
import { THREAD_ENTRY, WORKFLOW_BUNDLE } from '../folders.ts';
import { type Check, failed, ok, warning } from './types.ts';

/** As `engines` of package.json. */
const NODE_AT_LEAST = [20, 19, 0] as const;
/** Every cloud answers there with the machine's own identity. */
const METADATA = { host: '169.254.169.254', port: 80 } as const;
const PROBE_MS = 500;

export interface HostFacts {
  readonly nodeVersion: string;
  readonly isolation: (workRoot: string) => Promise<IsolationReport>;
  /** Whether somebody accepts a connection. */
  readonly answers: (host: string, port: number) => Promise<boolean>;
  readonly root: boolean;
}

export const THIS_HOST: HostFacts = {
  nodeVersion: process.versions.node,
  isolation: detectIsolation,
  answers,
  root: process.getuid?.() === 0,
};

export async function hostChecks(config: Pick<AppConfig, 'stateDir' | 'isolation'>, host: HostFacts): Promise<readonly Check[]> {
  return [node(host), built(), ...(await isolation(config, host)), await metadata(host)];
}

function node({ nodeVersion }: HostFacts): Check {
  const parts = nodeVersion.split('.').map(Number);
  const index = NODE_AT_LEAST.findIndex((least, at) => parts[at] !== least);
  const enough = index === -1 || (parts[index] ?? 0) > (NODE_AT_LEAST[index] ?? 0);
  const wanted = `Node ${NODE_AT_LEAST.join('.')} or newer`;
  return enough ? ok('host.node', `Node ${nodeVersion}`) : failed('host.node', `Node ${nodeVersion}; ${wanted} is needed`, null);
}

function built(): Check {
  const missing = [WORKFLOW_BUNDLE, THREAD_ENTRY].filter((file) => !existsSync(file));
  return missing.length === 0 ? ok('host.build', 'dist/ is built') : failed('host.build', 'dist/ is not built', 'npm run build');
}

async function isolation(
  { stateDir, isolation: forced }: Pick<AppConfig, 'stateDir' | 'isolation'>,
  host: HostFacts,
): Promise<readonly Check[]> {
  const report = await host.isolation(join(stateDir, 'work'));
  const level = forced ?? report.level;
  if (!report.available.includes(level)) {
    const reason = report.unavailable.find((it) => it.level === level)?.reason ?? 'unknown';
    return [
      failed(
        'isolation.level',
        `SV0_ISOLATION asks for ${level}, which this host cannot give: ${reason}; connectors launch nothing here (CONNECTOR_ISOLATION_UNAVAILABLE)`,
        reason === 'bubblewrap is not installed' ? 'apt-get install bubblewrap' : null,
      ),
    ];
  }
  const stronger = report.unavailable.map((it) => `${it.level}: ${it.reason}`).join('; ');
  const how = `${level}, orphans are ended by ${report.orphanGuard}${stronger === '' ? '' : ` (not here: ${stronger})`}`;
  const missing = missingWalls(level, host.root);
  return [
    level === 'none'
      ? warning(
          'isolation.level',
          `NONE: a connector can read the worker's environment, and with it every tenant's secrets (${stronger})`,
          'apt-get install bubblewrap',
        )
      : ok('isolation.level', how),
    missing.length === 0
      ? ok('isolation.walls', 'a connector is kept from everything but its own run')
      : warning('isolation.walls', `a connector is not kept from: ${missing.map((wall) => WALLS[wall]).join('; ')}`),
  ];
}

async function metadata({ answers: asks }: HostFacts): Promise<Check> {
  return (await asks(METADATA.host, METADATA.port))
    ? warning(
        'host.metadata',
        `${METADATA.host} answers: a connector could ask for this machine's own identity; block it for the users that connectors run as`,
      )
    : ok('host.metadata', 'no metadata address answers');
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(PROBE_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

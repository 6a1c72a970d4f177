/** A Temporal server with its Web UI: `TEMPORAL_ADDRESS`, `temporal` on PATH, else the Temporal CLI of the Python environment. */
import { join } from 'node:path';
import type { DevConfig } from './dev-config.ts';
import { onPath } from './on-path.ts';
import type { PythonTools } from './python-tools.ts';
import { type ServiceProcess, startService } from './service-process.ts';

export interface TemporalService {
  readonly address: string;
  readonly uiUrl: string;
  readonly what: string;
  readonly process: ServiceProcess | null;
}

export interface TemporalServiceOptions {
  readonly address: string | undefined;
  readonly uiUrl: string | undefined;
  readonly config: DevConfig['temporal'];
  readonly port: number;
  readonly uiPort: number;
  /** Null keeps everything in memory. */
  readonly databaseFile: string | null;
  readonly logFolder: string;
  readonly tools: () => Promise<PythonTools>;
}

export async function bringTemporal(options: TemporalServiceOptions): Promise<TemporalService> {
  const { address, uiUrl, port, uiPort, config, logFolder } = options;
  if (address !== undefined && address !== '')
    return { address, uiUrl: uiUrl ?? `http://${address}`, what: 'TEMPORAL_ADDRESS', process: null };
  const found = await onPath('temporal');
  const command = found ?? (await options.tools()).bin('temporal');
  const process = await startService({
    name: 'temporal',
    command,
    args: devServerArgs(config, port, uiPort, options.databaseFile),
    port,
    logFile: join(logFolder, 'temporal.log'),
  });
  return {
    address: `${config.ip}:${port}`,
    uiUrl: `http://${config.ip}:${uiPort}`,
    what: found === null ? 'temporal (project)' : 'temporal (PATH)',
    process,
  };
}

export function devServerArgs(config: DevConfig['temporal'], port: number, uiPort: number, databaseFile: string | null): readonly string[] {
  const args = ['server', 'start-dev', '--ip', config.ip, '--port', `${port}`, '--ui-port', `${uiPort}`, '--log-level', 'warn'];
  if (config.namespace !== 'default') args.push('--namespace', config.namespace);
  for (const [name, type] of Object.entries(config.search_attributes)) args.push('--search-attribute', `${name}=${type}`);
  for (const [key, value] of Object.entries(config.dynamic_config)) args.push('--dynamic-config-value', `${key}=${JSON.stringify(value)}`);
  if (databaseFile !== null) {
    args.push('--db-filename', databaseFile);
    for (const [pragma, value] of Object.entries(config.sqlite_pragmas)) args.push('--sqlite-pragma', `${pragma}=${value}`);
  }
  return args;
}

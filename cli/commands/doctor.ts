/** `sv0 doctor`: everything that a run here rests on, and what puts right what is wrong (OPS-02). */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { connectedConfig } from '../compose/connected.ts';
import { type AppConfig, loadConfig } from '../config.ts';
import { apiChecks } from '../doctor/api.ts';
import { credentialList, ownKeys } from '../doctor/credentials.ts';
import { hostChecks, THIS_HOST } from '../doctor/host.ts';
import { THESE_TOOLS } from '../doctor/logins.ts';
import { refresh } from '../doctor/refresh.ts';
import { renderDoctor } from '../doctor/report.ts';
import { mongoChecks, temporalChecks } from '../doctor/services.ts';
import { tenantChecks } from '../doctor/tenants.ts';
import type { Check, DoctorReport } from '../doctor/types.ts';
import { PROJECT } from '../folders.ts';
import { readRunning } from '../services/running.ts';
import { sayToStderr } from '../services/say.ts';
import type { Cli } from '../terminal.ts';
import { print } from './print.ts';

export function addDoctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .option('--refresh', 'make and renew what is ours, and sign in where that is needed; does nothing twice', false)
    .option('--json', 'print one JSON document', false)
    .action(async (options: { readonly refresh: boolean; readonly json: boolean }) => {
      const config = loadConfig(process.env, PROJECT);
      const running = readRunning(config.stateDir);
      const mongodbUri = config.mongodbUri ?? running?.mongodb_uri ?? null;
      const temporalAddress = config.temporalAddress ?? running?.temporal_address ?? null;
      const look = (): Promise<DoctorReport> => examine(config, mongodbUri, temporalAddress);
      let report = await look();
      if (options.refresh) {
        const parts = { config, mongodbUri, temporalAddress, tools: THESE_TOOLS, terminal: process.stdin.isTTY, say: sayToStderr };
        const refreshed = await refresh(report, parts);
        report = { ...(await look()), refreshed };
      }
      print(cli, options.json, report, () => renderDoctor(report));
      if (!report.ok) cli.exitCode = 1;
    });
}

/** Nothing is made or changed by looking. */
async function examine(config: AppConfig, mongodbUri: string | null, temporalAddress: string | null): Promise<DoctorReport> {
  const [host, mongo, temporal, credentials] = await Promise.all([
    hostChecks(config, THIS_HOST),
    mongoChecks(config, mongodbUri),
    temporalChecks(config, temporalAddress),
    credentialList(config, THESE_TOOLS, new Date()),
  ]);
  const reachable = [...mongo, ...temporal].every(({ id, status }) => !id.endsWith('.server') || status === 'ok');
  // The keys are read, and must not be made by looking.
  const keysThere = ownKeys(config).every(({ file }) => existsSync(file)) && credentials.every(({ status }) => status !== 'failed');
  const tenants: readonly Check[] =
    reachable && keysThere ? await tenantChecks(config, (await connectedConfig(process.env)).settings, process.env) : [];
  const checks = [...host, ...apiChecks(config), ...mongo, ...temporal, ...tenants];
  const ok = [...checks, ...credentials].every(({ status }) => status !== 'failed');
  return { ok, checks, credentials, refreshed: [] };
}

/** `npm start`: finds or brings every part, starts the pipeline, seeds the demo, and stops all that it started (OPS-01). */
import { join } from 'node:path';
import type { Command } from 'commander';
import { artifactKey, evidenceKey } from '../compose/keys.ts';
import { createLogger } from '../compose/logger.ts';
import { startPipeline } from '../compose/pipeline.ts';
import { type AppConfig, loadConfig } from '../config.ts';
import { demoEnvironment } from '../demo/demo.ts';
import { startDemoEmulators } from '../demo/emulators.ts';
import { renderReport } from '../demo/report.ts';
import { scanDemo } from '../demo/scan-all.ts';
import { scheduleDemo, seedDemo } from '../demo/seed.ts';
import { PROJECT } from '../folders.ts';
import { startDevServices } from '../services/dev-services.ts';
import { noteRunning } from '../services/running.ts';
import { type Say, sayToStderr } from '../services/say.ts';
import { openStateFolder } from '../services/state-folder.ts';
import { Stops } from '../services/stops.ts';

interface DevOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
  readonly demo: boolean;
}

export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .option('--once', 'scan every demo scope once, print how each run ended, and stop', false)
    .option('--json', 'with --once: one JSON document on stdout', false)
    .option('--fresh', 'delete the data of earlier starts first; installed servers are kept', false)
    .option('--no-demo', 'start empty')
    .action(async (options: DevOptions) => {
      const stops = new Stops();
      const stopped = stops.onSignal(sayToStderr);
      try {
        await dev(options, stops, stopped, sayToStderr);
      } finally {
        await stops.run();
      }
    });
}

async function dev(options: DevOptions, stops: Stops, stopped: Promise<void>, say: Say): Promise<void> {
  const config = loadConfig(process.env, PROJECT);
  const state = await openStateFolder(config.stateDir, { fresh: options.fresh, ownDatabase: config.mongodbUri === undefined });
  if (options.fresh && config.mongodbUri !== undefined)
    say('MONGODB_URI names a database of its own: its data and the keys to it are kept');
  const services = await startDevServices({ config, state, say, stops });
  const resolved: AppConfig = {
    ...config,
    mongodbUri: services.mongo.uri,
    temporalAddress: services.temporal.address,
    temporalUiUrl: services.temporal.uiUrl,
    apiPort: services.apiPort,
    artifactKeyFile: config.artifactKeyFile ?? join(state.keys, 'artifact.key'),
    evidenceKeyFile: config.evidenceKeyFile ?? join(state.keys, 'evidence.pem'),
  };
  const settings = {
    uri: services.mongo.uri,
    database: config.database,
    artifactKey: await artifactKey(resolved.artifactKeyFile ?? '', config.artifactKeyFile !== undefined),
    evidenceKeyPem: await evidenceKey(resolved.evidenceKeyFile ?? '', config.evidenceKeyFile !== undefined),
  };
  const logger = createLogger(options.once ? 'warn' : config.logLevel);
  const environment = options.demo ? { ...process.env, ...demoEnvironment() } : process.env;
  say('starting the worker, the API and the pages');
  const pipeline = await startPipeline({
    config: resolved,
    settings,
    environment,
    logger,
    stops,
    serve: { pipeline: true, connectors: true, api: true },
    localIssuer: 'always',
  });

  if (options.demo) {
    const emulators = await startDemoEmulators(startOfDay(new Date()));
    stops.add('emulators', () => emulators.close());
    await seedDemo(pipeline.storage, emulators.urls, new Date());
    await scheduleDemo(pipeline.storage, pipeline.schedules, !options.once);
    say('demo: tenants northwind and contoso, read from emulators on this machine');
  }
  const forget = await noteRunning(state.root, {
    pid: process.pid,
    mongodb_uri: services.mongo.uri,
    temporal_address: services.temporal.address,
    temporal_ui_url: services.temporal.uiUrl,
    api_url: pipeline.apiUrl,
    api_token: (await pipeline.local?.token()) ?? '',
  });
  stops.add('running.json', forget);
  say(`Temporal Web UI   ${services.temporal.uiUrl}`);
  say(
    `Operator pages    ${pipeline.apiUrl}${pipeline.local?.link() ?? ''}  (signs in once, within five minutes; then \`npm run sv0 -- sign-in\`)`,
  );
  say(`API               ${pipeline.apiUrl}/api/v1/openapi.json`);
  say('ready');

  if (options.once && options.demo) {
    const { report, asExpected } = await scanDemo(pipeline.control, pipeline.storage, say);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderReport(report));
    if (!asExpected) process.exitCode = 1;
    return;
  }
  if (options.once) return;
  if (options.demo) {
    scanDemo(pipeline.control, pipeline.storage, say).then(
      () => say('the demo was scanned; look at the pages. Ctrl-C stops everything.'),
      (error: unknown) => say(`the demo could not be scanned: ${error instanceof Error ? error.message : 'unknown'}`),
    );
  }
  await Promise.race([stopped, pipeline.failed, services.died]);
}

/** The sources' dates count from here: two starts on one day see the same sources. */
const startOfDay = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));

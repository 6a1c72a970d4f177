/** `sv0 worker` and `sv0 api`: the processes of production, against services that are already there. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { connectedConfig } from '../compose/connected.ts';
import { createLogger } from '../compose/logger.ts';
import { type ServeParts, startPipeline } from '../compose/pipeline.ts';
import { sayToStderr } from '../services/say.ts';
import { Stops } from '../services/stops.ts';

export function addServeCommands(program: Command): void {
  program
    .command('worker')
    .addOption(new Option('--queue <queue>', 'which queue to serve').choices(['all', 'pipeline', 'connectors']).default('all'))
    .action(({ queue }: { queue: 'all' | 'pipeline' | 'connectors' }) =>
      serve({ pipeline: queue !== 'connectors', connectors: queue !== 'pipeline', api: false }),
    );
  program.command('api').action(() => serve({ pipeline: false, connectors: false, api: true }));
}

async function serve(parts: ServeParts): Promise<void> {
  const stops = new Stops();
  const stopped = stops.onSignal(sayToStderr);
  try {
    const { config, settings } = await connectedConfig(process.env);
    const logger = createLogger(config.logLevel);
    const pipeline = await startPipeline({
      config,
      settings,
      environment: process.env,
      logger,
      stops,
      serve: parts,
      localIssuer: 'unless-configured',
    });
    if (parts.api) sayToStderr(`API and pages: ${pipeline.apiUrl}${pipeline.local?.link() ?? ''}`);
    sayToStderr('ready');
    await Promise.race([stopped, pipeline.failed]);
  } finally {
    await stops.run();
  }
}

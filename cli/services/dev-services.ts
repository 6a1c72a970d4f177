/** The servers that `sv0 dev` stands on: found or brought, each said, each stopped again. */
import { join } from 'node:path';
import type { AppConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import { type DevConfig, readDevConfig } from './dev-config.ts';
import { bringMongo, type MongoService } from './mongodb.ts';
import { choosePort } from './ports.ts';
import { ensurePythonTools, type PythonTools } from './python-tools.ts';
import type { Say } from './say.ts';
import type { StateFolder } from './state-folder.ts';
import type { Stops } from './stops.ts';
import { bringTemporal, type TemporalService } from './temporal.ts';

export interface DevServices {
  readonly mongo: MongoService;
  readonly temporal: TemporalService;
  readonly apiPort: number;
  /** Resolves when a server that we started ended by itself. */
  readonly died: Promise<void>;
}

interface DevServicesOptions {
  readonly config: AppConfig;
  readonly state: StateFolder;
  readonly say: Say;
  readonly stops: Stops;
}

export async function startDevServices({ config, state, say, stops }: DevServicesOptions): Promise<DevServices> {
  const dev = await readDevConfig(join(PROJECT, 'temporal-dev.yaml'));
  const move = { move: dev.move_ports, say };
  let tools: Promise<PythonTools> | undefined;
  const python = (): Promise<PythonTools> => {
    tools ??= ensurePythonTools(join(state.services, 'python'), join(PROJECT, 'cli', 'services', 'requirements.txt'), say);
    return tools;
  };

  say('looking for a database');
  const mongo = await bringMongo({
    uri: config.mongodbUri,
    port: config.mongodbUri === undefined ? await choosePort('mongodb.port', dev.mongodb.port, move) : 0,
    dataFolder: state.data,
    logFolder: state.logs,
    tools: python,
  });
  if (mongo.process !== null) stops.add(mongo.what, mongo.process.stop);
  say(`database: ${mongo.what}`);

  say('looking for Temporal');
  const temporal = await temporalService(config, dev, state, python, move);
  if (temporal.process !== null) stops.add('temporal', temporal.process.stop);
  say(`Temporal: ${temporal.what} at ${temporal.address}`);

  const apiPort = config.apiPortIsSet ? config.apiPort : await choosePort('api.port', dev.api.port, move);
  const started = [mongo.process, temporal.process].filter((process) => process !== null);
  const died = Promise.race(
    started.map(async ({ name, exited }) => {
      await exited;
      if (!stops.stopping) say(`${name} ended by itself; its log is in ${state.logs}`);
    }),
  );
  return { mongo, temporal, apiPort, died };
}

async function temporalService(
  config: AppConfig,
  dev: DevConfig,
  state: StateFolder,
  tools: () => Promise<PythonTools>,
  move: { move: boolean; say: Say },
): Promise<TemporalService> {
  const ours = config.temporalAddress === undefined;
  return await bringTemporal({
    address: config.temporalAddress,
    uiUrl: config.temporalUiUrl,
    config: dev.temporal,
    port: ours ? await choosePort('temporal.port', dev.temporal.port, move) : 0,
    uiPort: ours ? await choosePort('temporal.ui_port', dev.temporal.ui_port, move) : 0,
    databaseFile: join(state.data, 'temporal.db'),
    logFolder: state.logs,
    tools,
  });
}

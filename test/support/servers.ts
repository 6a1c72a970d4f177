/** The servers that a test run, a proof or a benchmark stands on: those of the environment, else brought on free ports, in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { PROJECT } from '../../cli/folders.ts';
import { readDevConfig } from '../../cli/services/dev-config.ts';
import { bringMongo } from '../../cli/services/mongodb.ts';
import { ensurePythonTools, type PythonTools } from '../../cli/services/python-tools.ts';
import { sayToStderr } from '../../cli/services/say.ts';
import { bringTemporal } from '../../cli/services/temporal.ts';

export interface Servers {
  /** What answers as MongoDB, for reports. */
  readonly mongo: string;
  readonly tools: PythonTools;
  stop(): Promise<void>;
}

/** Sets `SV0_TEST_MONGODB_URI` and `SV0_TEST_TEMPORAL_ADDRESS`, which `openPipeline` reads. */
export async function bringServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-test-'));
  const services = join(PROJECT, '.sv0', 'services');
  const tools = await ensurePythonTools(join(services, 'python'), join(PROJECT, 'cli', 'services', 'requirements.txt'), sayToStderr);
  const config = await readDevConfig(join(PROJECT, 'temporal-dev.yaml'));
  const mongo = await bringMongo({
    uri: process.env['SV0_TEST_MONGODB_URI'],
    port: await getPort(),
    dataFolder: folder,
    logFolder: folder,
    tools: () => Promise.resolve(tools),
  });
  const temporal = await bringTemporal({
    address: process.env['SV0_TEST_TEMPORAL_ADDRESS'],
    uiUrl: undefined,
    config: config.temporal,
    port: await getPort(),
    uiPort: await getPort(),
    databaseFile: null,
    logFolder: folder,
    tools: () => Promise.resolve(tools),
  });
  process.env['SV0_TEST_MONGODB_URI'] = mongo.uri;
  process.env['SV0_TEST_TEMPORAL_ADDRESS'] = temporal.address;
  return {
    mongo: mongo.what,
    tools,
    stop: async () => {
      await temporal.process?.stop();
      await mongo.process?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the servers that all test files share; each file takes its own database, namespace names and task queues. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { readDevConfig } from '../../cli/services/dev-config.ts';
import { bringMongo } from '../../cli/services/mongodb.ts';
import { ensurePythonTools } from '../../cli/services/python-tools.ts';
import { sayToStderr } from '../../cli/services/say.ts';
import { bringTemporal } from '../../cli/services/temporal.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SERVICES = join(ROOT, '.sv0', 'services');

export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-test-'));
  const tools = await ensurePythonTools(join(SERVICES, 'python'), join(ROOT, 'cli', 'services', 'requirements.txt'), sayToStderr);
  const testTools = await ensurePythonTools(join(SERVICES, 'python-test'), join(ROOT, 'test', 'support', 'requirements.txt'), sayToStderr);
  const config = await readDevConfig(join(ROOT, 'temporal-dev.yaml'));
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
  process.env['SV0_TEST_TIME_SKIPPING_SERVER'] = tools.bin('temporal-test-server');
  process.env['SV0_MOTO_SERVER'] = testTools.bin('moto_server');
  return async () => {
    await temporal.process?.stop();
    await mongo.process?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

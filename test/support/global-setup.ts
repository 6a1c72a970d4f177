/** Starts the servers that all test files share; each file takes its own database, namespace names and task queues. */
import { join } from 'node:path';
import { PROJECT } from '../../cli/folders.ts';
import { ensurePythonTools } from '../../cli/services/python-tools.ts';
import { sayToStderr } from '../../cli/services/say.ts';
import { bringServers } from './servers.ts';

export async function setup(): Promise<() => Promise<void>> {
  const requirements = join(PROJECT, 'test', 'support', 'requirements.txt');
  const testTools = await ensurePythonTools(join(PROJECT, '.sv0', 'services', 'python-test'), requirements, sayToStderr);
  const servers = await bringServers();
  process.env['SV0_TEST_TIME_SKIPPING_SERVER'] = servers.tools.bin('temporal-test-server');
  process.env['SV0_MOTO_SERVER'] = testTools.bin('moto_server');
  return () => servers.stop();
}

/**
 * `npm run prove:api -- [words for schemathesis]`: Schemathesis with its default checks over the OpenAPI document that a real API serves: the
 * demo's rows, a scanned tenant, a real worker, a token of the local issuer. Its own seed is fixed. Exits as Schemathesis does.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { PROJECT } from '../cli/folders.ts';
import { ensurePythonTools } from '../cli/services/python-tools.ts';
import { sayToStderr } from '../cli/services/say.ts';
import { openApi } from '../test/support/cli.ts';
import { demoScopes, openDemo } from '../test/support/demo-tenant.ts';
import { openPipeline } from '../test/support/pipeline.ts';
import { bringServers } from '../test/support/servers.ts';

const SEED = '1';
const files = join(PROJECT, 'scripts');
const tools = await ensurePythonTools(
  join(PROJECT, '.sv0', 'services', 'python-prove-api'),
  join(files, 'prove-api.requirements.txt'),
  sayToStderr,
);
const servers = await bringServers();
let exitCode = 1;
try {
  const pipeline = await openPipeline();
  const demo = await openDemo(pipeline);
  for (const scope of demoScopes('contoso')) await pipeline.scan(scope);
  const requests = Number.MAX_SAFE_INTEGER;
  const api = await openApi(pipeline, { rates: { reads: requests, writes: requests, strangers: requests } });
  const words = [
    '--config-file',
    join(files, 'prove-api.toml'),
    'run',
    '--seed',
    SEED,
    ...process.argv.slice(2),
    `${api.url}/api/v1/openapi.json`,
  ];
  // The token is in its environment: a command line can be read by everyone.
  // What it remembers of a run stays in the state folder.
  const ran = await execa(tools.bin('schemathesis'), words, {
    cwd: join(PROJECT, '.sv0'),
    stdio: 'inherit',
    reject: false,
    env: { SV0_API_TOKEN: api.token },
  });
  exitCode = ran.exitCode ?? 1;
  await api.close();
  await demo.close();
  await pipeline.close();
} finally {
  await servers.stop();
}
process.exit(exitCode);

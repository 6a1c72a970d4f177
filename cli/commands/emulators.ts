/** `npm run emulators -- aws`: one emulator alone, for trying a connector against. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { startAwsEmulator } from '../../emulators/aws/server.ts';
import { DEMO_ENTRA_CLIENT } from '../../emulators/entra/options.ts';
import { startEntraEmulator } from '../../emulators/entra/server.ts';
import { DEMO_GITHUB_TOKENS } from '../../emulators/github/options.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import { DEMO_SERVICENOW_LOGIN } from '../../emulators/servicenow/options.ts';
import { startServicenowEmulator } from '../../emulators/servicenow/server.ts';
import type { RunningEmulator } from '../../emulators/types.ts';
import { type Say, sayToStderr } from '../services/say.ts';
import { Stops } from '../services/stops.ts';

interface EmulatorOptions {
  readonly port: number;
  readonly authorizationDetails?: string;
}

export function addEmulatorsCommand(program: Command): void {
  const emulators = program.command('emulators');
  const port = (): Option => new Option('--port <port>', 'port; 0 is any free one').default(0).argParser(parsePort);

  emulators
    .command('aws')
    .description("STS, IAM, Lambda and S3 of the demo's accounts, and of one of your own")
    .option('--authorization-details <file>', 'serve this account: what `aws iam get-account-authorization-details` prints')
    .addOption(port())
    .action(({ authorizationDetails, port: wanted }: EmulatorOptions) => serveAws(wanted, authorizationDetails));
  emulators
    .command('entra')
    .description("Microsoft Graph and the token endpoint of the demo's directory")
    .addOption(port())
    .action(async ({ port: wanted }: EmulatorOptions) =>
      untilStopped(await startEntraEmulator({ port: wanted }), [
        `client ${DEMO_ENTRA_CLIENT.clientId}, secret ${DEMO_ENTRA_CLIENT.clientSecret}`,
      ]),
    );
  emulators
    .command('github')
    .description("the REST API of the demo's organizations")
    .addOption(port())
    .action(async ({ port: wanted }: EmulatorOptions) => {
      const tokens = Object.entries(DEMO_GITHUB_TOKENS).map(([organization, token]) => `organization ${organization}, token ${token}`);
      await untilStopped(await startGithubEmulator({ port: wanted }), tokens);
    });
  emulators
    .command('servicenow')
    .description("the tables of the demo's instance")
    .addOption(port())
    .action(async ({ port: wanted }: EmulatorOptions) =>
      untilStopped(await startServicenowEmulator({ port: wanted }), [
        `user ${DEMO_SERVICENOW_LOGIN.username}, password ${DEMO_SERVICENOW_LOGIN.password}`,
      ]),
    );
}

async function serveAws(port: number, file: string | undefined): Promise<void> {
  const emulator = await startAwsEmulator({ port, ...(file === undefined ? {} : { authorizationDetails: await readText(file) }) });
  const keys = emulator.worlds.flatMap(({ account, signers }) =>
    signers.slice(0, 1).map(({ accessKeyId, secretAccessKey }) => `account ${account}, key ${accessKeyId}, secret ${secretAccessKey}`),
  );
  await untilStopped(emulator, keys);
}

/** The address alone goes to stdout; who may come in goes to stderr. None of these credentials is anybody's: only the emulator takes them. */
async function untilStopped(emulator: RunningEmulator, credentials: readonly string[], say: Say = sayToStderr): Promise<void> {
  const stops = new Stops();
  stops.add('emulator', () => emulator.close());
  process.stdout.write(`${emulator.url}\n`);
  for (const line of credentials) say(line);
  say('ready (Ctrl-C stops it)');
  await stops.onSignal(say);
  await stops.run();
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new InvalidInputError('the file cannot be read', {
      code: 'FILE_NOT_READABLE',
      field: '--authorization-details',
      expected: 'a file that exists and may be read',
    });
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidInputError('the port is not valid', { code: 'INVALID_PORT', field: '--port', expected: 'a number from 0 to 65535' });
  }
  return port;
}

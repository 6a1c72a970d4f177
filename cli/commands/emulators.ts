/** `npm run emulators -- aws`: one emulator alone, for trying a connector against. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { startAwsEmulator } from '../../emulators/aws/server.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import type { RunningEmulator } from '../../emulators/types.ts';
import { sayToStderr } from '../services/say.ts';
import { Stops } from '../services/stops.ts';

export function addEmulatorsCommand(program: Command): void {
  const emulators = program.command('emulators').description('start one source emulator alone and print its address');
  const port = (): Option => new Option('--port <port>', 'port; 0 is any free one').default(0).argParser(parsePort);
  emulators
    .command('aws')
    .option('--authorization-details <file>', 'serve this account: what `aws iam get-account-authorization-details` prints')
    .addOption(port())
    .action(async ({ authorizationDetails, port: wanted }: { authorizationDetails?: string; port: number }) => {
      const text = authorizationDetails === undefined ? {} : { authorizationDetails: await readText(authorizationDetails) };
      await untilStopped(await startAwsEmulator({ port: wanted, ...text }));
    });
  emulators
    .command('github')
    .addOption(port())
    .action(async ({ port: wanted }: { port: number }) => untilStopped(await startGithubEmulator({ port: wanted })));
}

async function untilStopped(emulator: RunningEmulator): Promise<void> {
  const stops = new Stops();
  stops.add('emulator', () => emulator.close());
  process.stdout.write(`${emulator.url}\n`);
  sayToStderr('ready (Ctrl-C stops it)');
  await stops.onSignal(sayToStderr);
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

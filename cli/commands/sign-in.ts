/** `sv0 sign-in`: a new sign-in link of the stack that runs on this machine. */
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import { readRunning } from '../services/running.ts';

export function addSignInCommand(program: Command): void {
  program.command('sign-in').action(async () => {
    const running = readRunning(loadConfig(process.env, PROJECT).stateDir);
    if (running === null)
      throw new InvalidInputError('no `npm start` runs from this folder', {
        code: 'SERVICES_NOT_FOUND',
        field: 'SV0_STATE_DIR',
        expected: 'the state folder of a running `npm start`',
      });
    const answer = await fetch(new URL('/sign-in/link', running.api_url), {
      method: 'POST',
      headers: { authorization: `Bearer ${running.api_token}` },
    });
    if (!answer.ok)
      throw new InvalidInputError('the API of this folder gives no link', {
        code: 'SIGN_IN_REFUSED',
        field: 'api_token',
        expected: 'the token of the process that runs',
      });
    const { path } = (await answer.json()) as { path: string };
    process.stdout.write(`${new URL(path, running.api_url).href}\n`);
  });
}

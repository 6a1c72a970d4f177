/** `sv0 tenants`: the end of one. Tenants are made by `sv0 apply`. */
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { etagOf } from './etag.ts';
import { printJson } from './print.ts';

export function addTenantsCommand(program: Command, cli: Cli): void {
  program
    .command('tenants')
    .command('offboard <tenant>')
    .description('for ever: destroy the keys of its credentials, stop its runs, take its schedules away; again, to go on after a failure')
    .option('--yes', 'it is meant', false)
    .action(async (id: string, { yes }: { yes: boolean }) => {
      if (!yes)
        throw new InvalidInputError('offboarding cannot be undone: nothing was done', {
          code: 'CONFIRMATION_REQUIRED',
          field: '--yes',
          expected: `--yes, to destroy the credentials of ${id}`,
        });
      const api = cli.api();
      const row = await answer(api.GET('/api/v1/tenants/{id}', { params: { path: { id } } }));
      const params = { path: { id }, query: {}, header: etagOf(row) };
      const { status } = await answer(api.PATCH('/api/v1/tenants/{id}', { params, body: { status: 'offboarded' } }));
      printJson(cli, { tenant: id, status });
    });
}

/** `sv0 tenants`: the end of one. Tenants are made by `sv0 apply`. */
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { tenantId } from '../../domain/ids.ts';
import { print } from './print.ts';
import { withControl } from './with-control.ts';

export function addTenantsCommand(program: Command): void {
  program
    .command('tenants')
    .description('tenants: offboarding')
    .command('offboard <tenant>')
    .description('for ever: destroy the keys of its credentials, stop its runs, take its schedules away; again, to go on after a failure')
    .option('--yes', 'it is meant', false)
    .action(async (id: string, { yes }: { yes: boolean }) => {
      const tenant = tenantId(id);
      if (!yes)
        throw new InvalidInputError('offboarding cannot be undone: nothing was done', {
          code: 'CONFIRMATION_REQUIRED',
          field: '--yes',
          expected: `--yes, to destroy the credentials of ${tenant}`,
        });
      await withControl(async ({ administration, userId }) => {
        const { status } = await administration.tenants.edit(
          tenant,
          { status: 'offboarded' },
          { tenant_hint: tenant, version: null, by: userId },
        );
        print(true, { tenant, status }, () => '');
      });
    });
}

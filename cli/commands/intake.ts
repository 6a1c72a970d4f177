/** `sv0 credentials intake`: links by which a customer hands a credential over himself (CRED-21). */
import type { Command } from 'commander';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { printJson } from './print.ts';
import { tenantOf } from './tenant.ts';

export function addIntakeCommand(credentials: Command, cli: Cli): void {
  const intake = credentials.command('intake').description('links by which a customer hands a credential over himself, unseen by us');
  intake
    .command('create <instance>')
    .requiredOption('--kind <kind>', "one of the connector's credential kinds")
    .option('--hours <hours>', 'how long it is open, at most 168', '24')
    .description('a single-use link, and its code, which must go to the customer by another way; both are shown once')
    .action(async (id: string, { kind, hours }: { kind: string; hours: string }) => {
      const api = cli.api();
      const params = { path: { id }, query: await tenantOf(api, 'instance', id) };
      const body = { kind, hours: Number(hours) };
      printJson(cli, await answer(api.POST('/api/v1/connector-instances/{id}/intake-links', { params, body })));
    });
  intake
    .command('list')
    .requiredOption('--tenant <tenant>', 'whose')
    .description('links of a tenant, newest first')
    .action(async ({ tenant }: { tenant: string }) =>
      printJson(cli, (await answer(cli.api().GET('/api/v1/intake-links', { params: { query: { tenant_id: tenant } } }))).items),
    );
  intake
    .command('revoke <link>')
    .requiredOption('--tenant <tenant>', 'whose')
    .description('close a link that is open')
    .action(async (id: string, { tenant }: { tenant: string }) => {
      const params = { path: { id }, query: { tenant_id: tenant } };
      printJson(cli, await answer(cli.api().POST('/api/v1/intake-links/{id}/revoke', { params })));
    });
}

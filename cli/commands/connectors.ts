/** `sv0 connectors test`: does the credential reach the source, and which of the declared permissions does it have? */
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { components } from '../client/openapi.ts';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { print, printable } from './print.ts';

export function addConnectorsCommand(program: Command, cli: Cli): void {
  program
    .command('connectors')
    .command('test <instance>')
    .option('--tenant <tenant>', 'compared with whose instance it is')
    .option('--json', 'print one JSON document', false)
    .description('the cheapest calls that prove each declared permission: exit 0 when all are granted, 1 when one is missing or not known')
    .action(async (id: string, { tenant, json }: { readonly tenant?: string; readonly json: boolean }) => {
      const params = { path: { id }, query: tenant === undefined ? {} : { tenant_id: tenant } };
      const result = await answer(cli.api().POST('/api/v1/connector-instances/{id}/connection-test', { params }));
      print(cli, json, result, () => shown(result));
      if (result.problem !== null || result.permissions.some(({ status }) => status !== 'granted')) cli.exitCode = 1;
    });
}

function shown({ problem, permissions, connector, instance_id }: components['schemas']['ConnectionTest']): string {
  const table = new Table({
    head: ['permission', 'is', 'needed by', 'what to do'],
    style: { head: [], border: [] },
    colWidths: [null, null, 30, 60],
    wordWrap: true,
  });
  for (const { permission, status, categories, advice } of permissions)
    table.push([printable(permission), status, categories.join(', '), printable(advice ?? '', 300)]);
  const said =
    problem === null
      ? 'the source accepts the credential'
      : `${problem.code}: ${printable(problem.message, 300)} (who should act: ${problem.actor})`;
  return `${connector} instance ${instance_id}: ${said}\n${table.toString()}`;
}

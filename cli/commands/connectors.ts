/** `sv0 connectors test`: does the credential reach the source, and which of the declared permissions does it have? */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { connectedConfig } from '../compose/connected.ts';
import { createConnectionTests } from '../compose/connection-tests.ts';
import { connectTemporal } from '../compose/temporal-connection.ts';
import { openStorage } from '../compose/storage.ts';
import { Stops } from '../services/stops.ts';
import { print, printable } from './print.ts';

export function addConnectorsCommand(program: Command): void {
  program
    .command('connectors')
    .description('connector instances: test their connection')
    .command('test <instance>')
    .option('--tenant <tenant>', 'compared with whose instance it is')
    .option('--json', 'print one JSON document', false)
    .description('the cheapest calls that prove each declared permission: exit 0 when all are granted, 1 when one is missing or not known')
    .action(test);
}

async function test(instance: string, { tenant, json }: { readonly tenant?: string; readonly json: boolean }): Promise<void> {
  const stops = new Stops();
  try {
    const { config, settings } = await connectedConfig(process.env);
    const storage = await openStorage(settings);
    stops.add('database connection', storage.close);
    const temporal = await connectTemporal(config);
    stops.add('Temporal client', temporal.close);
    const tests = createConnectionTests({ client: temporal.client, queues: config.queues, storage, now: () => new Date() });
    const result = await tests.test({
      instance_id: instanceId(instance),
      tenant_hint: tenant === undefined ? null : tenantId(tenant),
      user_id: `cli:${userInfo().username}`,
    });
    print(json, result, () => shown(result));
    if (result.problem !== null || result.permissions.some(({ status }) => status !== 'granted')) process.exitCode = 1;
  } finally {
    await stops.run();
  }
}

function shown({ problem, permissions, connector, instance_id }: ConnectionTest): string {
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

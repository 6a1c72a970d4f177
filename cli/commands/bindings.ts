/** `sv0 bindings`: which role, directory or installation a connection acts as. */
import type { Command } from 'commander';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { BindingTarget, FederationBinding } from '../../domain/federation/types.ts';
import { instanceId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { Cli } from '../terminal.ts';
import { printJson } from './print.ts';
import { type BindingCommandParts, withBindings } from './with-bindings.ts';

interface Identifiers {
  readonly roleArn?: string;
  readonly entraTenant?: string;
  readonly installationId?: string;
  readonly accountId?: string;
}

export function addBindingsCommand(program: Command, cli: Cli): void {
  const bindings = program.command('bindings');
  bindings
    .command('list')
    .requiredOption('--tenant <id>', 'the tenant')
    .description('every binding of a tenant with its last probes, one JSON object a line')
    .action(({ tenant }: { tenant: string }) =>
      withBindings(cli.env, async (parts) => {
        for (const binding of await parts.bindings.list(tenantId(tenant))) show(cli, binding);
      }),
    );
  bindings
    .command('create <instance>')
    .option('--role-arn <arn>', 'AWS: the role that the customer made of our template')
    .option('--entra-tenant <id>', 'Entra: the directory whose admin consented')
    .option('--installation-id <number>', 'GitHub: the installation of our App')
    .option('--account-id <number>', 'GitHub: the organisation, by its id')
    .description('put the identifier that came back from the customer into a pending binding')
    .action((instance: string, identifiers: Identifiers) =>
      withBindings(cli.env, async (parts) => {
        const target = targetOf(identifiers);
        show(cli, await parts.bindings.create(await tenantOf(parts, instance), instanceId(instance), target, parts.actor));
      }),
    );
  for (const [name, about] of CHANGES) {
    bindings
      .command(`${name} <instance>`)
      .description(about)
      .action((instance: string) =>
        withBindings(cli.env, async (parts) =>
          show(cli, await parts.bindings[name](await tenantOf(parts, instance), instanceId(instance), parts.actor)),
        ),
      );
  }
}

const CHANGES = [
  ['activate', 'ask the source whether it refuses what it must and lets us in; again for one that is active'],
  ['revoke', 'refuse launches from now on'],
] as const;

function targetOf({ roleArn, entraTenant, installationId, accountId }: Identifiers): BindingTarget {
  const given = [
    roleArn === undefined ? null : ({ provider: 'aws_assume_role', role_arn: roleArn } as const),
    entraTenant === undefined ? null : ({ provider: 'entra_app', entra_tenant_id: entraTenant } as const),
    installationId === undefined && accountId === undefined
      ? null
      : ({ provider: 'github_app', installation_id: Number(installationId), account_id: Number(accountId) } as const),
  ].filter((target) => target !== null);
  const [target] = given;
  if (target !== undefined && given.length === 1) return target;
  throw new InvalidInputError('the identifiers of one source are needed', {
    code: 'INVALID_BINDING',
    field: 'target',
    expected: '--role-arn, or --entra-tenant, or --installation-id with --account-id',
  });
}

async function tenantOf({ storage }: BindingCommandParts, instance: string): Promise<TenantId> {
  const id = instanceId(instance);
  const tenant = await storage.lookups.tenantOfInstance(id);
  if (tenant === null) throw new NotFoundError('instance', id);
  return tenant;
}

const show = (cli: Cli, binding: FederationBinding): void => printJson(cli, binding);

/** `sv0 credentials`: fills and watches the encrypted store. Values come in by standard input, never by an argument, and never go out. */
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import type { components } from '../client/openapi.ts';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { addIntakeCommand } from './intake.ts';
import { printJson } from './print.ts';
import { addRotateCommand } from './rotate.ts';
import { tenantOf } from './tenant.ts';

export function addCredentialsCommand(program: Command, cli: Cli): void {
  const credentials = program.command('credentials');
  const paramsOf = async (id: string) => ({ path: { id }, query: await tenantOf(cli.api(), 'instance', id) });
  const show = ({ state, kind, version, field_names, changed_at }: components['schemas']['StoredCredential']): void =>
    printJson(cli, { state, kind, version, field_names, changed_at });

  credentials
    .command('put <instance>')
    .requiredOption('--kind <kind>', "one of the connector's credential kinds")
    .description('store a credential: a JSON object of its fields on standard input')
    .action(async (instance: string, { kind }: { kind: string }) => {
      const body = { kind, fields: fieldsOf(await text(cli.input)) };
      show(await answer(cli.api().PUT('/api/v1/connector-instances/{id}/credential', { params: await paramsOf(instance), body })));
    });
  credentials
    .command('status <instance>')
    .description('state, kind, version and names of fields')
    .action(async (instance: string) =>
      show(await answer(cli.api().GET('/api/v1/connector-instances/{id}/credential', { params: await paramsOf(instance) }))),
    );
  credentials
    .command('revoke <instance>')
    .description('refuse launches from now on, and destroy the data key')
    .action(async (instance: string) =>
      show(await answer(cli.api().POST('/api/v1/connector-instances/{id}/credential/revoke', { params: await paramsOf(instance) }))),
    );
  credentials
    .command('delete <instance>')
    .description('as revoke; launches stay refused')
    .action(async (instance: string) =>
      show(await answer(cli.api().DELETE('/api/v1/connector-instances/{id}/credential', { params: await paramsOf(instance) }))),
    );
  credentials
    .command('forget <instance>')
    .description('after revoke or delete: let the provider serve the connection alone again')
    .action(async (instance: string) =>
      show(await answer(cli.api().POST('/api/v1/connector-instances/{id}/credential/forget', { params: await paramsOf(instance) }))),
    );
  addIntakeCommand(credentials, cli);
  addRotateCommand(credentials, cli);
}

/** What was read is not repeated. */
function fieldsOf(input: string): Record<string, string> {
  try {
    return JSON.parse(input) as Record<string, string>;
  } catch {
    throw new InvalidInputError('standard input is not valid', {
      code: 'INVALID_CREDENTIAL',
      field: 'fields',
      expected: 'one JSON object of fields',
    });
  }
}

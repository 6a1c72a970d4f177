/** `sv0 apply`: makes or updates a tenant, its connector instances and scan scopes from one file. Applying it twice changes nothing. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { InvalidInputError } from '../../domain/errors.ts';
import { answer } from '../client/answers.ts';
import type { components } from '../client/openapi.ts';
import type { Cli } from '../terminal.ts';

export function addApplyCommand(program: Command, cli: Cli): void {
  program
    .command('apply')
    .argument('<file>', 'YAML: a tenant with its connector instances and scan scopes (README)')
    .action(async (path: string) => {
      // What it must say is the API's to check: the schema, and what the connectors of its host declare.
      const body = (await documentOf(path)) as components['schemas']['ApplyFile'];
      const { tenant_id, instances, scopes } = await answer(cli.api().POST('/api/v1/apply', { body }));
      cli.out.write(`tenant ${tenant_id}: ${instances} instances, ${scopes} scopes\n`);
    });
}

async function documentOf(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new InvalidInputError('the file cannot be read', {
      code: 'FILE_NOT_READABLE',
      field: 'file',
      expected: 'a file that exists and may be read',
    });
  });
  try {
    return parse(text, { logLevel: 'error' });
  } catch {
    throw new InvalidInputError('the file is not YAML', { code: 'INVALID_APPLY_FILE', field: '$', expected: 'a YAML mapping' });
  }
}

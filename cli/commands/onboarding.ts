/** `sv0 onboarding`: what a customer needs to grant us access, and the linter that keeps it read-only. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { lintTemplate } from '../../domain/onboarding/lint/index.ts';
import { onboardingDocument, type OnboardingSource } from '../compose/onboarding.ts';
import type { Cli } from '../terminal.ts';
import { withBindings } from './with-bindings.ts';

const SOURCES = {
  aws: 'the template of the role that the customer makes, with the external ID of the connection',
  entra: "the address where the directory's admin consents, with the permissions that are asked for",
  github: 'the manifest of our App, and the address where the organisation installs it',
} as const satisfies Record<OnboardingSource, string>;

interface Options {
  readonly tenant: string;
  readonly instance?: string;
  readonly format?: 'cloudformation' | 'terraform';
}

export function addOnboardingCommand(program: Command, cli: Cli): void {
  const onboarding = program.command('onboarding');
  for (const [source, about] of Object.entries(SOURCES) as [OnboardingSource, string][]) {
    const command = onboarding
      .command(source)
      .requiredOption('--tenant <id>', 'the tenant')
      .option('--instance <id>', "the connection; the tenant's only one to this source when it is left out")
      .description(about)
      .action(({ tenant, instance, format = 'cloudformation' }: Options) =>
        withBindings(cli.env, async ({ actor, ...parts }) => {
          const named = instance === undefined ? {} : { instance: instanceId(instance) };
          const { instance: of, document } = await onboardingDocument(parts, { source, tenant: tenantId(tenant), ...named, format, actor });
          cli.err.write(`for the connection ${of}; then: sv0 bindings create ${of} …\n`);
          cli.out.write(`${JSON.stringify(document, null, 2)}\n`);
        }),
      );
    if (source === 'aws')
      command.addOption(new Option('--format <format>', 'the template').choices(['cloudformation', 'terraform']).default('cloudformation'));
  }
  onboarding
    .command('lint <file>')
    .description('refuse a template that lets more in than reads: CloudFormation, Terraform (JSON), IAM policy, Entra and GitHub manifests')
    .action(async (path: string) => {
      const problems = lintTemplate(await read(path));
      if (problems.length === 0) {
        cli.out.write('read-only\n');
        return;
      }
      throw new InvalidInputError('the template is not read-only', {
        code: 'TEMPLATE_NOT_READ_ONLY',
        problems: problems.map(({ path: field, expected }) => ({ field, expected })),
      });
    });
}

async function read(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'), { logLevel: 'error' });
  } catch {
    throw new InvalidInputError('the file cannot be read', {
      code: 'FILE_NOT_READABLE',
      field: 'file',
      expected: 'a file of JSON or YAML that may be read',
    });
  }
}

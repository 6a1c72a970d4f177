/** One command line, from its words to its exit code: 0 done, 1 failed, 2 bad input. */
import { Command, CommanderError } from 'commander';
import { isDomainError } from '../domain/errors.ts';
import { apiAddress } from './client/address.ts';
import { createApiClient } from './client/index.ts';
import { ApiProblemError } from './client/problem.ts';
import { addCommands } from './commands/index.ts';
import type { Cli, Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('sv0')
    .description('durable connector pipeline for autonomous-identity security')
    .version(VERSION)
    .option(
      '--api <url>',
      'the API that data commands speak to (SV0_API_URL, with SV0_API_TOKEN; else that of `npm start` on this machine)',
    )
    .showHelpAfterError('(sv0 --help shows every command)')
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: (text) => terminal.err.write(text) })
    .exitOverride();
  const cli: Cli = {
    ...terminal,
    exitCode: 0,
    api: () => createApiClient(apiAddress(terminal.env, program.opts<{ api?: string }>().api)),
  };
  try {
    // Takes what comes before the command's name, and answers `--version`, for which no command is needed.
    const [first, second] = program.parseOptions([...words]).operands;
    await addCommands(program, first === 'help' ? second : first, cli);
    await program.parseAsync(words, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, terminal);
  }
}

function report(error: unknown, { err }: Terminal): number {
  if (error instanceof ApiProblemError) {
    const { code, message, problems, holder, actor, request_id } = error;
    const lines = [`${code}: ${message}`, ...problems.map(({ field, expected }) => `  ${field}: expected ${expected}`)];
    if (holder !== null) lines.push(`  in the way: ${holder}`);
    if (actor !== 'nobody') lines.push(`  who should act: ${actor}`);
    err.write(`${lines.join('\n')}\n  request: ${request_id}\n`);
    return error.badInput ? 2 : 1;
  }
  if (!isDomainError(error)) {
    err.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`);
    return 1;
  }
  const lines = [`${error.code}: ${error.message}`];
  if (error.name === 'InvalidInputError') for (const { field, expected } of error.problems) lines.push(`  ${field}: expected ${expected}`);
  else if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.subject !== undefined) lines.push(`  about: ${error.subject}`);
  if (error.actor !== 'nobody') lines.push(`  who should act: ${error.actor}`);
  err.write(`${lines.join('\n')}\n`);
  return error.name === 'InvalidInputError' || error.name === 'NotFoundError' ? 2 : 1;
}

#!/usr/bin/env node
/** `sv0`: the command line, and the composition root of everything. Exit codes: 0 done, 1 failed, 2 bad input. */
import { Command } from 'commander';
import { isDomainError } from '../domain/errors.ts';
import { addCommands } from './commands/index.ts';
import { VERSION } from './version.ts';

const program = new Command('sv0')
  .description('durable connector pipeline for autonomous-identity security')
  .version(VERSION)
  .showHelpAfterError('(sv0 --help shows every command)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

try {
  await addCommands(program, process.argv[2]);
  await program.parseAsync(process.argv);
  process.exit(process.exitCode ?? 0);
} catch (error) {
  process.exit(report(error));
}

function report(error: unknown): number {
  if (!isDomainError(error)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`);
    return 1;
  }
  const lines = [`${error.code}: ${error.message}`];
  if (error.name === 'InvalidInputError') for (const { field, expected } of error.problems) lines.push(`  ${field}: expected ${expected}`);
  else if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.subject !== undefined) lines.push(`  about: ${error.subject}`);
  if (error.actor !== 'nobody') lines.push(`  who should act: ${error.actor}`);
  process.stderr.write(`${lines.join('\n')}\n`);
  return error.name === 'InvalidInputError' || error.name === 'NotFoundError' ? 2 : 1;
}

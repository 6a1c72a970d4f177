#!/usr/bin/env node
/** `sv0`: the command line. */
import { runCli } from './run.ts';

const { env, stdin, stdout, stderr } = process;
const code = await runCli(process.argv.slice(2), { env, input: stdin, out: stdout, err: stderr });
// Commands that serve say by the process itself that they failed.
process.exit(code === 0 ? (process.exitCode ?? 0) : code);

/**
 * The two small shells around a connector. Everything variable is a positional argument, so nothing needs quoting, and
 * no secret is ever an argument: the bundle is only in the environment.
 */
import { contractArguments } from '../../contract/files.ts';
import type { ConnectorExecutable } from '../../contract/executable.ts';

const SHELL = '/bin/sh';

/** Before the sandbox: private files, no core dump (it would hold the bundle), a bound on any one file. `ulimit -f` counts 512 bytes (POSIX). */
const LIMITS = 'umask 077; ulimit -c 0; ulimit -f "$1" 2>/dev/null; shift; exec "$@"';

/** Inside the sandbox: into the run's directory, without the variables that a shell adds (CRED-09: exactly the allowed ones). */
const ENTER = 'cd "$1" || exit 126; shift; exec /usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _ "$@"';

export function withLimits(maxFileBytes: number, command: readonly string[]): { command: string; args: readonly string[] } {
  return { command: SHELL, args: ['-c', LIMITS, 'sv0', String(Math.ceil(maxFileBytes / 512)), ...command] };
}

export function enterAndRun(directory: string, executable: ConnectorExecutable): readonly string[] {
  return [SHELL, '-c', ENTER, 'sv0', directory, executable.command, ...executable.args, ...contractArguments(directory)];
}

/** Gives up every capability, and the way back to one; `uid` also gives up being the worker's user. */
export function dropPrivileges(setpriv: string, uid: number | null): readonly string[] {
  const user = uid === null ? [] : ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return [setpriv, ...user, '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
}

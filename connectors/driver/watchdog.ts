/**
 * For the levels without a PID namespace: a small shell that holds one end of a pipe. When the worker is killed, the pipe closes and the
 * shell ends the whole run; closing the child's own stdin would not do, because a busy child does not read it. It has its own
 * process group and nothing of the bundle.
 */
import { spawn } from 'node:child_process';
import { CHILD_PATH } from './environment.ts';
import { findTool } from './isolation/tools.ts';
import type { Quarry } from './terminate.ts';

/** $1 the run's directory, $2 its user or "", $3 setpriv. The worker writes the group's id, and later "done". */
const SCRIPT = `read -r group || exit 0
read -r word && exit 0
round=0
while [ "$round" -lt 5 ]; do
  kill -KILL -- "-$group" 2>/dev/null
  [ -z "$2" ] || "$3" --reuid "$2" --regid "$2" --clear-groups /bin/sh -c 'kill -KILL -1' 2>/dev/null
  if [ -z "$2" ] && [ -d /proc/self ]; then
    for found in $(grep -lsF "HOME=$1" /proc/[0-9]*/environ); do pid=\${found#/proc/}; kill -KILL "\${pid%/environ}" 2>/dev/null; done
  fi
  round=$((round + 1))
done
rm -rf -- "$1"`;

export interface Watchdog {
  watch(pid: number): void;
  /** The run is over and swept. */
  dismiss(): void;
}

export function startWatchdog({ runDirectory, runUid }: Pick<Quarry, 'runDirectory' | 'runUid'>): Watchdog {
  const user = runUid === null ? '' : String(runUid);
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'sv0-watchdog', runDirectory, user, findTool('setpriv') ?? ''], {
    cwd: '/',
    env: { PATH: CHILD_PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // It may be gone already (killed by a hostile child): the run goes on, and is still swept by the worker itself.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return {
    watch: (pid) => {
      guard.stdin.write(`${pid}\n`);
    },
    dismiss: () => {
      guard.stdin.end('done\n');
    },
  };
}

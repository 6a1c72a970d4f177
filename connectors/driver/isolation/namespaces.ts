/**
 * Where bubblewrap is not installed: the same namespaces by `unshare` of util-linux. The host's files stay visible with the rights of the
 * child's user, but for the directories that are covered by name. PID 1 of the namespace is the small shell below; it has a
 * SIGTERM handler only so that its connector gets the time to wrap up.
 */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { dropPrivileges, enterAndRun, withLimits } from './shell.ts';
import type { Isolation, SandboxPlan, SandboxRequest } from './types.ts';

const INSIDE = '/run/sv0';
const ALWAYS_HIDDEN = ['/root', '/tmp', '/var/tmp', '/run'];
/** Covering one of these would leave nothing to run. A service user's home is often `/`. */
const NEVER_HIDDEN = new Set([
  '/',
  '/bin',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/mnt',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/var',
]);

/**
 * $1 "tmp" when /tmp is the run's own, $2 run directory, then hidden paths (a file becomes an empty one) up to "--", then paths to keep up to "--", then the command. `/mnt` is where the kept
 * paths wait while their directories are covered; every system has it (FHS 3.12).
 */
const SETUP = `set -e
umask 022
mount -t tmpfs -o mode=0755,size=1m tmpfs /mnt
mkdir /mnt/run /mnt/keep
tmp=$1
mount --bind "$2" /mnt/run
shift 2
index=0 seen=0
for path in "$@"; do
  [ "$path" = -- ] && { seen=$((seen + 1)); [ "$seen" = 2 ] && break; continue; }
  [ "$seen" = 1 ] || continue
  index=$((index + 1))
  if [ -d "$path" ]; then mkdir "/mnt/keep/$index"; else : > "/mnt/keep/$index"; fi
  mount --bind "$path" "/mnt/keep/$index"
done
: > /mnt/nothing
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o mode=0755,size=1m tmpfs "$1"; else mount --bind /mnt/nothing "$1"; fi
  shift
done
shift
index=0
while [ "$1" != -- ]; do
  index=$((index + 1))
  mkdir -p "$(dirname "$1")"
  if [ -d "/mnt/keep/$index" ]; then mkdir -p "$1"; else [ -e "$1" ] || : > "$1"; fi
  mount --bind "/mnt/keep/$index" "$1"
  mount -o remount,bind,ro,nosuid,nodev "$1"
  shift
done
shift
mkdir -p ${INSIDE}
mount --bind /mnt/run ${INSIDE}
[ "$tmp" != tmp ] || mount --bind /mnt/run/tmp /tmp
[ ! -d /dev/shm ] || mount --bind /mnt/run/shm /dev/shm
umount -R -l /mnt
umask 077
set +e
trap : TERM
"$@"
exit $?`;

export function namespaces(unshare: string, setpriv: string): Isolation {
  return {
    level: 'namespaces',
    ownUser: true,
    orphanGuard: 'unshare --kill-child',
    plan: (request) => plan(unshare, setpriv, request),
  };
}

function plan(unshare: string, setpriv: string, request: SandboxRequest): SandboxPlan {
  const { executable, runDirectory, runUid } = request;
  const hidden = hiddenPaths([...ALWAYS_HIDDEN, homedir(), dirname(runDirectory), ...request.hiddenPaths]);
  const keep = [...new Set([executable.command, realpathSync(executable.command), ...executable.readOnlyPaths])]
    .filter((path) => hidden.some((directory) => path.startsWith(`${directory}/`)))
    .sort();
  const command = [
    // `unshare` itself must end with the worker, or nothing ends its child.
    setpriv,
    '--pdeathsig',
    'KILL',
    unshare,
    // Root needs no user namespace, and a child that is root's own user could write /proc/sys: see bubblewrap.ts.
    ...(runUid === null ? ['--user', '--map-root-user'] : []),
    '--pid',
    '--fork',
    '--kill-child',
    '--ipc',
    '--uts',
    '--mount',
    '--mount-proc',
    '/bin/sh',
    '-c',
    SETUP,
    'sv0',
    keep.some((path) => path.startsWith('/tmp/')) ? '-' : 'tmp',
    runDirectory,
    ...hidden,
    '--',
    ...keep,
    '--',
    ...dropPrivileges(setpriv, runUid),
    ...enterAndRun(INSIDE, executable),
  ];
  return { ...withLimits(request.maxFileBytes, command), directory: INSIDE, supervisors: 2 };
}

/** Those that exist, links resolved, without what lies in another one of them. */
function hiddenPaths(paths: readonly string[]): readonly string[] {
  const real = paths.flatMap((path) => (existsSync(path) ? [realpathSync(path)] : []));
  const wanted = [...new Set(real)].filter((path) => !NEVER_HIDDEN.has(path)).sort();
  return wanted.filter((path) => !wanted.some((other) => path.startsWith(`${other}/`)));
}

/**
 * The strongest level: a root file system that holds the programs of the system, the connector's own code and the run's directory, and
 * nothing else of the host; its own PID, IPC, UTS and mount namespaces; no capability. The network is kept.
 *
 * An ordinary worker gets a user namespace. A worker that is root does not: its user namespace would map to the kernel's user 0, and the
 * kernel lets user 0 write `/proc/sys` (`core_pattern`: code as root on the host) without any capability; bubblewrap 0.8 covers
 * only the directories of `/proc` that it finds writable itself, and `/proc/sys` is not among them. There the child becomes a user
 * of its own instead.
 */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { dropPrivileges, enterAndRun, withLimits } from './shell.ts';
import type { Isolation, SandboxPlan, SandboxRequest } from './types.ts';

/** The run's directory inside: the same for every run, and nothing of the host's layout. */
const INSIDE = '/run/sv0';

/** Linked into `/usr` on merged systems, directories of their own elsewhere. */
const SYSTEM_ROOTS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const SYSTEM_TREES = ['/usr', '/nix/store'];

/** What name resolution, TLS and the linker read; of `/etc` nothing else (no shadow file, no private keys). */
const ETC = [
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/gai.conf',
  '/etc/group',
  '/etc/host.conf',
  '/etc/hosts',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/pki/ca-trust/extracted',
  '/etc/pki/tls/certs',
  '/etc/protocols',
  '/etc/resolv.conf',
  '/etc/services',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
];

export function bubblewrap(bwrap: string, setpriv: string | null): Isolation {
  return {
    level: 'bubblewrap',
    ownUser: true,
    orphanGuard: 'bwrap --die-with-parent',
    plan: (request) => plan(bwrap, setpriv, request),
  };
}

function plan(bwrap: string, setpriv: string | null, request: SandboxRequest): SandboxPlan {
  const { executable, runDirectory, runUid } = request;
  const visible = [...new Set([executable.command, realpathSync(executable.command), ...executable.readOnlyPaths])]
    .filter((path) => !SYSTEM_TREES.some((tree) => path.startsWith(`${tree}/`)))
    .filter((path) => !SYSTEM_ROOTS.some((root) => path.startsWith(`${root}/`)))
    .sort();
  const writable = { '/tmp': `${runDirectory}/tmp`, '/dev/shm': `${runDirectory}/shm` };
  const inner = enterAndRun(INSIDE, executable);
  const args = [
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    // To become the run's user, inside; given up together with the user.
    ...(runUid === null ? ['--unshare-user'] : ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((cap) => ['--cap-add', cap])),
    ...directories([...SYSTEM_TREES, ...ETC, ...visible, `${INSIDE}/x`, '/var/tmp/x']),
    ...SYSTEM_TREES.flatMap((tree) => ['--ro-bind-try', tree, tree]),
    ...SYSTEM_ROOTS.flatMap(systemRoot),
    ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    // On disk, where the driver counts them, instead of in memory, where nothing does.
    ...Object.entries(writable).flatMap(([inside, host]) =>
      visible.some((path) => path.startsWith(`${inside}/`)) ? [] : ['--bind', host, inside],
    ),
    ...visible.flatMap((path) => ['--ro-bind', path, path]),
    '--bind',
    runDirectory,
    INSIDE,
    '--remount-ro',
    '/dev',
    '--remount-ro',
    '/',
    '--',
    ...(runUid === null || setpriv === null ? [] : dropPrivileges(setpriv, runUid)),
    ...inner,
  ];
  return { ...withLimits(request.maxFileBytes, [bwrap, ...args]), directory: INSIDE, supervisors: 2 };
}

/** `/lib` and its like as they are on the host: a link, a directory, or not there. */
function systemRoot(path: string): readonly string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** Every parent directory by name: bubblewrap makes the ones that it needs itself readable for their owner only. */
function directories(paths: readonly string[]): readonly string[] {
  const parents = new Set<string>();
  for (const path of paths) for (let parent = dirname(resolve(path)); parent !== '/'; parent = dirname(parent)) parents.add(parent);
  return [...parents]
    .filter((path) => path !== '/usr' && path !== '/dev')
    .sort()
    .flatMap((path) => ['--dir', path]);
}

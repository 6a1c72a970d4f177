/** The private directory of one run: made before the child, gone when the caller is done, whatever happened (CONN-01). */
import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, workDirectory } from './failures.ts';

export interface RunDirectory {
  readonly path: string;
  /** Whether the path still names the directory that was made: a child without walls could have put another one there. */
  isUnchanged(): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * Mode 0700, with `tmp` and `shm` for what the sandbox shows as `/tmp` and `/dev/shm`. `owner` is the run's own user, if it has one;
 * it must be able to reach the directory, so the work root lets others pass (0711) without letting them list it.
 */
export async function makeRunDirectory(workRoot: string, owner: number | null): Promise<RunDirectory> {
  try {
    await mkdir(workRoot, { recursive: true, mode: 0o700 });
    if (owner !== null) await chmod(workRoot, 0o711);
    const path = await mkdtemp(join(await realpath(workRoot), `run-${pidNamespace()}-${process.pid}-${startOf(process.pid)}-`));
    await chmod(path, 0o700);
    for (const inner of [join(path, 'tmp'), join(path, 'shm')]) {
      await mkdir(inner, { mode: 0o700 });
      if (owner !== null) await chown(inner, owner, owner);
    }
    if (owner !== null) await chown(path, owner, owner);
    const made = await lstat(path);
    return {
      path,
      isUnchanged: async () => {
        const now = await lstat(path).catch(() => null);
        return now !== null && now.isDirectory() && now.dev === made.dev && now.ino === made.ino;
      },
      remove: () => removeTree(path),
    };
  } catch (error) {
    throw workDirectory(errnoOf(error));
  }
}

/** A child can leave directories that their owner cannot enter, or nest them deeper than a path can be long: `rm` walks by descriptor. */
async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await new Promise<void>((resolve) => {
      execFile('/bin/sh', ['-c', 'chmod -R u+rwx -- "$1"; rm -rf -- "$1"', 'sv0', path], { cwd: '/', env: {} }, () => resolve());
    });
  }
}

const RUN_DIRECTORY = /^run-(\d+)-(\d+)-(\d+)-[A-Za-z0-9]+$/;
/** Longer than any budget: a process of another PID namespace (another container with the same volume) cannot be looked up. */
const FOREIGN_AGE_MS = 48 * 60 * 60 * 1000;

/** Removes what killed workers left behind; the names say which process made them. Gives the number of them. */
export async function sweepRunDirectories(workRoot: string): Promise<number> {
  const names = await readdir(workRoot).catch((): string[] => []);
  let removed = 0;
  for (const name of names) {
    const path = join(workRoot, name);
    if (!(await isAbandoned(name, path))) continue;
    await removeTree(path);
    removed += 1;
  }
  return removed;
}

async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, namespace, pid, start] = RUN_DIRECTORY.exec(name) ?? [];
  if (namespace === undefined || start === undefined || start === '0') return false;
  if (namespace === pidNamespace()) return startOf(Number(pid)) !== start;
  const stat = await lstat(path).catch(() => null);
  return stat !== null && Date.now() - stat.mtimeMs > FOREIGN_AGE_MS;
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** Ticks from boot to the start of a process (proc(5), field 22), which tells it from a later one with the same id; "0" when there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

/** Which isolation this host really gives: every level is tried once, by starting a program in it, and not believed from version numbers. */
import { execFile } from 'node:child_process';
import { ISOLATION_LEVELS, type IsolationLevel } from '../../../domain/runs/types.ts';
import { childEnvironment } from '../environment.ts';
import { errnoOf, isolationUnavailable, probeFailed } from '../failures.ts';
import { makeRunDirectory } from '../run-directory.ts';
import { bubblewrap } from './bubblewrap.ts';
import { namespaces } from './namespaces.ts';
import { noIsolation } from './none.ts';
import { pickRunUid } from './run-uid.ts';
import { findTool, isRoot } from './tools.ts';
import type { Isolation, OrphanGuard } from './types.ts';
import { ownUid } from './uid.ts';
import { missingWalls, type Wall } from './walls.ts';

const PROBE_TIMEOUT_MS = 10_000;

export interface IsolationReport {
  readonly level: IsolationLevel;
  readonly orphanGuard: OrphanGuard;
  readonly missing: readonly Wall[];
  /** Every level that this host can give, strongest first; `none` is always there. */
  readonly available: readonly IsolationLevel[];
  /** Why each stronger level is not there. */
  readonly unavailable: readonly { readonly level: IsolationLevel; readonly reason: string }[];
}

interface Detected {
  readonly report: IsolationReport;
  readonly byLevel: ReadonlyMap<IsolationLevel, Isolation>;
}

const cache = new Map<string, Promise<Detected>>();

/**
 * Probes once per process and work root; the answer depends on where the run directories are.
 * @throws TransientError `CONNECTOR_SPAWN_FAILED` when a probe did not end, or the host could start none just now: nothing is known then
 */
export async function detectIsolation(workRoot: string, probeTimeoutMs = PROBE_TIMEOUT_MS): Promise<IsolationReport> {
  return (await detected(workRoot, probeTimeoutMs)).report;
}

/** The strongest isolation, or the forced one; `CONNECTOR_ISOLATION_UNAVAILABLE` when this host cannot give that. @throws as `detectIsolation` */
export async function resolveIsolation(workRoot: string, forced?: IsolationLevel): Promise<Isolation> {
  const { report, byLevel } = await detected(workRoot, PROBE_TIMEOUT_MS);
  const level = forced ?? report.level;
  const isolation = byLevel.get(level);
  if (isolation === undefined) throw isolationUnavailable(level);
  return isolation;
}

function detected(workRoot: string, probeTimeoutMs: number): Promise<Detected> {
  let found = cache.get(workRoot);
  if (found === undefined) {
    found = detect(workRoot, probeTimeoutMs);
    // A failed probe (a full disk, a host that is too busy) is asked again.
    found.catch(() => cache.delete(workRoot));
    cache.set(workRoot, found);
  }
  return found;
}

async function detect(workRoot: string, timeoutMs: number): Promise<Detected> {
  const byLevel = new Map<IsolationLevel, Isolation>();
  const unavailable: { level: IsolationLevel; reason: string }[] = [];
  for (const level of ISOLATION_LEVELS) {
    const candidate = candidateOf(level);
    const reason = typeof candidate === 'string' ? candidate : await probe(candidate, workRoot, timeoutMs);
    if (typeof candidate !== 'string' && reason === null) byLevel.set(level, candidate);
    else unavailable.push({ level, reason: reason ?? 'unknown' });
  }
  const available = [...byLevel.keys()];
  const strongest = byLevel.get(available[0] ?? 'none');
  if (strongest === undefined) throw isolationUnavailable('none');
  const { level, orphanGuard } = strongest;
  return { byLevel, report: { level, orphanGuard, missing: missingWalls(level, isRoot()), available, unavailable } };
}

/** The level with the programs that it needs, or why it cannot be. */
function candidateOf(level: IsolationLevel): Isolation | string {
  const setpriv = findTool('setpriv');
  if (level === 'none') return noIsolation(setpriv);
  if (process.platform !== 'linux') return 'only on Linux';
  if (setpriv === null && (level !== 'bubblewrap' || isRoot())) return 'setpriv (util-linux) is not installed';
  if (level === 'uid') return isRoot() ? ownUid(setpriv ?? '') : 'only a worker that is root can give a run its own user';
  if (level === 'bubblewrap') {
    const bwrap = findTool('bwrap');
    return bwrap === null ? 'bubblewrap is not installed' : bubblewrap(bwrap, setpriv);
  }
  const unshare = findTool('unshare');
  return unshare === null ? 'unshare (util-linux) is not installed' : namespaces(unshare, setpriv ?? '');
}

/** Starts the worker's own Node in a run directory of its own, as a connector would be. Why it did not work, or null. */
async function probe(isolation: Isolation, workRoot: string, timeout: number): Promise<string | null> {
  const runUid = isolation.ownUser && isRoot() ? pickRunUid() : null;
  const directory = await makeRunDirectory(workRoot, runUid);
  try {
    const plan = isolation.plan({
      executable: { command: process.execPath, args: ['-e', "require('node:fs').writeFileSync('probe', '')", '--'], readOnlyPaths: [] },
      runDirectory: directory.path,
      runUid,
      hiddenPaths: [],
      maxFileBytes: 1024 * 1024,
    });
    return await new Promise((resolve, reject) => {
      execFile(
        plan.command,
        [...plan.args],
        { cwd: '/', env: childEnvironment(plan.directory, {}), timeout, killSignal: 'SIGKILL' },
        (error, _stdout, stderr) => {
          if (error === null) return resolve(null);
          // Taken for a no, a moment's trouble would leave every later run of this process behind a weaker wall.
          const passing = probeFailed(isolation.level, error.killed === true ? 'ETIMEDOUT' : errnoOf(error));
          if (passing !== null) return reject(passing);
          resolve(stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? error.message);
        },
      );
    });
  } finally {
    await directory.remove();
  }
}

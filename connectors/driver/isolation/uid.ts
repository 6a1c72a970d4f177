/**
 * For a root worker on a host without namespaces (a plain container): a user of its own for every run. The run's files, memory and
 * environment are closed to other runs and the worker's to it; processes and world-readable files are visible.
 */
import { dropPrivileges, enterAndRun, withLimits } from './shell.ts';
import type { Isolation } from './types.ts';

export function ownUid(setpriv: string): Isolation {
  return {
    level: 'uid',
    ownUser: true,
    orphanGuard: 'setpriv --pdeathsig and watchdog',
    plan: ({ executable, runDirectory, runUid, maxFileBytes }) => ({
      ...withLimits(maxFileBytes, [...dropPrivileges(setpriv, runUid), '--pdeathsig', 'KILL', ...enterAndRun(runDirectory, executable)]),
      directory: runDirectory,
      supervisors: 0,
    }),
  };
}

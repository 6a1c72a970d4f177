/** No wall at all: the child is the worker's user and sees what the worker sees. Development on a host that has nothing better. */
import { enterAndRun, withLimits } from './shell.ts';
import type { Isolation } from './types.ts';

export function noIsolation(setpriv: string | null): Isolation {
  return {
    level: 'none',
    ownUser: false,
    orphanGuard: setpriv === null ? 'watchdog' : 'setpriv --pdeathsig and watchdog',
    plan: ({ executable, runDirectory, maxFileBytes }) => ({
      ...withLimits(maxFileBytes, [
        ...(setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL']),
        ...enterAndRun(runDirectory, executable),
      ]),
      directory: runDirectory,
      supervisors: 0,
    }),
  };
}

/** What an isolation level makes of one launch: a command line, and what the driver must know to watch and end it. */
import type { IsolationLevel } from '../../../domain/runs/types.ts';
import type { ConnectorExecutable } from '../../contract/executable.ts';

export interface SandboxRequest {
  readonly executable: ConnectorExecutable;
  /** The run's private directory on the host. */
  readonly runDirectory: string;
  /** The user that the child becomes (only a worker that is root can give one away); null: the worker's own. */
  readonly runUid: number | null;
  /** Directories and files to cover where a level hides by name. */
  readonly hiddenPaths: readonly string[];
  /** RLIMIT_FSIZE of the child. */
  readonly maxFileBytes: number;
}

export interface SandboxPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** The run's directory as the child sees it. */
  readonly directory: string;
  /** How many generations of processes, counted from the spawned one, belong to the sandbox and not to the connector. */
  readonly supervisors: 0 | 2;
}

/** What ends every descendant when the worker itself is killed. */
export type OrphanGuard = 'bwrap --die-with-parent' | 'unshare --kill-child' | 'watchdog' | 'setpriv --pdeathsig and watchdog';

export interface Isolation {
  readonly level: IsolationLevel;
  /** Whether the child of a root worker gets a user of its own. */
  readonly ownUser: boolean;
  readonly orphanGuard: OrphanGuard;
  plan(request: SandboxRequest): SandboxPlan;
}

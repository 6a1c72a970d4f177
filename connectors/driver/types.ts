/** What the driver is given and what it gives back. */
import { DEFAULT_GRAPH_LIMITS } from '../../domain/graph/limits.ts';
import type { IsolationLevel } from '../../domain/runs/types.ts';
import type { ConnectorExecutable } from '../contract/executable.ts';
import type { ResultsFile } from '../contract/results.ts';
import type { ScopeFile } from '../contract/scope.ts';

export type { ConnectorExecutable, IsolationLevel };

/** Milliseconds. */
export interface DriverTimings {
  /** Between SIGTERM and SIGKILL: the SDK wraps up within it. */
  readonly killGraceMs: number;
  /** How often the sizes of what the child writes are looked at. */
  readonly pollMs: number;
  readonly heartbeatMs: number;
}

export const DEFAULT_TIMINGS: DriverTimings = { killGraceMs: 5_000, pollMs: 100, heartbeatMs: 1_000 };

export interface DriverDeps {
  /** The run directories are made here, one per run; created when missing. */
  readonly workRoot: string;
  /** Forces a level instead of the strongest that the host has. */
  readonly isolation?: IsolationLevel;
  /** Directories that a child must not see where the level hides by name (`namespaces`): the state directory, key files. */
  readonly hiddenPaths?: readonly string[];
  readonly timings?: Partial<DriverTimings>;
}

/** Bytes, unless the name says otherwise. */
export interface OutputLimits {
  readonly graphBytes: number;
  readonly resultsBytes: number;
  /** Everything in the run's directory together, temporary files included. */
  readonly directoryBytes: number;
  readonly directoryEntries: number;
  /** Characters of one log line; the rest of the line is dropped. */
  readonly logLineLength: number;
  /** Characters of all log lines of a run; after that the output is read and dropped. */
  readonly logLength: number;
  /** Lines kept as the tail. */
  readonly logTailLines: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_OUTPUT_LIMITS: OutputLimits = {
  graphBytes: DEFAULT_GRAPH_LIMITS.bytes,
  resultsBytes: MIB,
  directoryBytes: DEFAULT_GRAPH_LIMITS.bytes + 256 * MIB,
  directoryEntries: 10_000,
  logLineLength: 4_000,
  logLength: MIB,
  logTailLines: 200,
};

export interface ConnectorProgress {
  readonly elapsed_ms: number;
  readonly graph_bytes: number;
}

export interface ConnectorLaunch {
  readonly executable: ConnectorExecutable;
  readonly scope: ScopeFile;
  /** Variable → value. Every value is a secret unless its name is in `plainVariables`. */
  readonly bundle: Readonly<Record<string, string>>;
  /** What the connector's manifest declares (`declaredVariables`). */
  readonly allowedVariables: readonly string[];
  /** Declared variables that hold no secret (`plainVariables(manifest)`): may be short, are not redacted. */
  readonly plainVariables?: readonly string[];
  readonly limits: OutputLimits;
  readonly deadlineAt: Date;
  readonly signal: AbortSignal;
  /** Before the child is started: how it will be boxed, also for a run that comes to no outcome. */
  readonly onIsolated?: (level: IsolationLevel) => void;
  readonly onHeartbeat: (progress: ConnectorProgress) => void;
  /** Already redacted and capped. */
  readonly onLogLine: (line: string) => void;
}

export interface ConnectorOutcome {
  readonly results: ResultsFile['category_results'];
  /** The connector ended with 75: everything failed for a passing reason (RUN-17). */
  readonly transient: boolean;
  readonly graphPath: string;
  readonly graphBytes: number;
  readonly isolation: IsolationLevel;
  readonly logTail: readonly string[];
}

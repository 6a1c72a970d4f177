/** What `sv0 doctor` says (OPS-02). Names, places and dates only: no check ever holds a secret's value. */

/** `failed`: a run could not succeed. `warning`: it can, but somebody should know. */
export type Verdict = 'ok' | 'warning' | 'failed';

export interface Check {
  /** Stable, for machines: `mongodb.conformance`. */
  readonly id: string;
  readonly status: Verdict;
  readonly detail: string;
  /** The one command that puts it right; null when there is none to run here. */
  readonly remedy: string | null;
}

export interface Credential {
  readonly name: string;
  readonly status: Verdict;
  /** Where it comes from: a setting, a file, a command line tool, the host. */
  readonly source: string;
  readonly lifetime: string;
  /** ISO 8601; null when it does not expire, or only its issuer knows. */
  readonly expires_at: string | null;
  /** Cannot be taken to another machine: a file of this host, a sign-in of its browser, the host's own identity. */
  readonly device_bound: boolean;
  /** The one command that makes or renews it. */
  readonly refresh: string | null;
  readonly detail: string;
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly credentials: readonly Credential[];
  /** What `--refresh` did, in order; empty when nothing was to be done. */
  readonly refreshed: readonly string[];
}

export const ok = (id: string, detail: string): Check => ({ id, status: 'ok', detail, remedy: null });
export const warning = (id: string, detail: string, remedy: string | null = null): Check => ({ id, status: 'warning', detail, remedy });
export const failed = (id: string, detail: string, remedy: string | null = null): Check => ({ id, status: 'failed', detail, remedy });

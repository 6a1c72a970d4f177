/** Heartbeats on a timer while work goes on, so that cancellation arrives and a lost worker is noticed (FLOW-10). Counts only. */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

export interface Pulse {
  readonly signal: AbortSignal;
  /** What the next heartbeat says: counts and phases, never data. */
  report(details: Readonly<Record<string, string | number | null>>): void;
}

/** A third of the timeout: two may be lost. */
const DEFAULT_INTERVAL_MS = 1_500;

export async function withHeartbeat<T>(work: (pulse: Pulse) => Promise<T>): Promise<T> {
  let details: Readonly<Record<string, string | number | null>> = {};
  const timeout = activityInfo().heartbeatTimeoutMs;
  const timer = setInterval(() => heartbeat(details), timeout === undefined ? DEFAULT_INTERVAL_MS : timeout / 3);
  try {
    return await work({
      signal: cancellationSignal(),
      report: (next) => {
        details = next;
      },
    });
  } finally {
    clearInterval(timer);
  }
}

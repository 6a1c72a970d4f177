/** One structured log, on stderr: stdout is for results. */
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { type DestinationStream, type Logger, pino } from 'pino';
import { isDomainError } from '../../domain/errors.ts';
import { temporalLog } from './temporal-log.ts';

export type { Logger } from 'pino';

export function createLogger(level: string, destination: DestinationStream = pino.destination({ fd: 2, sync: true })): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorFacts } }, destination);
}

const CODE = /^[A-Z0-9_]{1,64}$/;

/**
 * What the log says of an error. One that others wrote may quote what was sent or stored (a text that is no JSON, a row, a request): its kind
 * and its place are said, its words, its fields and its causes are not.
 */
function errorFacts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const at = (error.stack ?? '').split('\n').flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? []);
  if (isDomainError(error)) {
    const { name: type, message, code, actor, field, expected, subject } = error;
    return { type, message, code, actor, field, expected, subject, at };
  }
  const { code } = error as { readonly code?: unknown };
  return { type: error.name, ...(typeof code === 'string' && CODE.test(code) && { code }), at };
}

let installed = false;

/** How often a worker says that it is there, and with which version; one that is silent for three of these is gone (GATE-06). */
export const WORKER_HEARTBEAT_MS = 5_000;

/** The SDK's own log goes the same way. Once per process: the SDK allows no second time. */
export function installTemporalLogger(logger: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: temporalLog(logger),
    workerHeartbeatInterval: WORKER_HEARTBEAT_MS,
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
    // `sv0` stops its workers itself, in order, before the servers that it started.
    shutdownSignals: [],
  });
}

/** One structured log, on stderr: stdout is for results. */
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { temporalLog } from './temporal-log.ts';

export type { Logger } from 'pino';

export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
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

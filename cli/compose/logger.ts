/** One structured log, on stderr: stdout is for results. */
import { type Logger as TemporalLogger, makeTelemetryFilterString, Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import { type Logger, pino } from 'pino';

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
    logger: temporalLogger(logger),
    workerHeartbeatInterval: WORKER_HEARTBEAT_MS,
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
    // `sv0` stops its workers itself, in order, before the servers that it started.
    shutdownSignals: [],
  });
}

/** The SDK warns of it; the Worker of the `connectors` queue is meant so. */
const ACTIVITIES_ONLY = 'No workflows registered';
const NAMES = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

function temporalLogger(logger: Logger): TemporalLogger {
  // The SDK tells every start of an activity at INFO: for us that is detail.
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const detail = level === 'INFO' || message.startsWith(ACTIVITIES_ONLY);
    logger[detail ? 'debug' : NAMES[level]]({ sdk: meta?.['sdkComponent'] }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

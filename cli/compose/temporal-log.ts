/** What the Temporal SDK says of itself, in our log: which execution, which activity, which code. */
import { ApplicationFailure } from '@temporalio/common';
import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from './logger.ts';

/** The SDK warns of it; the Worker of the `connectors` queue is meant so. */
const ACTIVITIES_ONLY = 'No workflows registered';
const NAMES = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Where it happened, in Temporal's words: with these an operator finds it in the Temporal Web UI. */
const FACTS = ['workflowType', 'workflowId', 'workflowRunId', 'runId', 'activityType', 'attempt', 'taskQueue', 'durationMs'] as const;

export function temporalLog(logger: Logger): TemporalLogger {
  // The SDK tells every start of an activity at INFO: for us that is detail.
  const log = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    const detail = level === 'INFO' || message.startsWith(ACTIVITIES_ONLY);
    logger[detail ? 'debug' : NAMES[level]](factsOf(meta), message);
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

/** An error's message and stack stay out: they may quote what we did not write. Of ours the code is said, of others the kind. */
function factsOf(meta: LogMetadata): Record<string, unknown> {
  const facts = Object.fromEntries(FACTS.flatMap((name) => (meta[name] === undefined ? [] : [[name, meta[name]]])));
  return { sdk: meta['sdkComponent'], ...facts, ...(meta['error'] instanceof Error && { failure: codeOf(meta['error']) }) };
}

function codeOf(error: Error): string {
  const [detail] = error instanceof ApplicationFailure ? (error.details ?? []) : [];
  const { code } = (detail ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

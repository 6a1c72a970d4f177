/** Keeps the end of a run's log where the run page reads it, while the run lasts and after it. Losing a log fails no run. */
import { createScrubber } from '../../domain/graph/scrub.ts';
import type { RunId, TenantId } from '../../domain/ids.ts';
import type { RunLogs } from '../../api/ports.ts';
import type { ConnectorLogRepository } from '../../storage/ports/index.ts';

const MOST_LINES = 200;
const MOST_CHARACTERS = 128 * 1024;
const FLUSH_MS = 2_000;

export interface LogKeeper {
  /** Already redacted by the driver, with the run's secrets in hand. */
  line(text: string): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface LogKeeperOptions {
  readonly logs: Pick<ConnectorLogRepository, 'put'>;
  readonly tenant: TenantId;
  readonly run: RunId;
  readonly attempt: number;
  readonly now: () => Date;
  readonly onError: () => void;
  readonly flushMs?: number;
}

export function keepLog({ logs, tenant, run, attempt, now, onError, flushMs = FLUSH_MS }: LogKeeperOptions): LogKeeper {
  // The second wall: the shapes that the graph is scrubbed of, which are more than the driver's.
  const scrubber = createScrubber();
  const lines: string[] = [];
  let characters = 0;
  let dropped = 0;
  let changed = true;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (!changed) return;
    changed = false;
    try {
      await logs.put(tenant, run, { attempt, lines: [...lines], dropped, updated_at: now() });
    } catch {
      changed = true;
      onError();
    }
  };
  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(() => void flush(), flushMs);
  timer.unref();

  return {
    line: (text) => {
      const clean = scrubber.text(text);
      lines.push(clean);
      characters += clean.length;
      while (lines.length > MOST_LINES || characters > MOST_CHARACTERS) {
        characters -= lines.shift()?.length ?? 0;
        dropped += 1;
      }
      changed = true;
    },
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** What the run page shows of it. */
export function createRunLogs(logs: Pick<ConnectorLogRepository, 'find'>): RunLogs {
  return {
    tail: async (tenant, run) => {
      const log = await logs.find(tenant, run);
      if (log === null) return null;
      return log.dropped === 0 ? log.lines : [`(${log.dropped} earlier lines are not kept)`, ...log.lines];
    },
  };
}

/** The graph file as JSON Lines: a header, then one entity or edge per line, in the order in which they were found. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

export interface GraphWriter {
  /** Resolves when the file can take more, so that memory stays bounded. Rejects once the file has failed (a full disk). */
  write(record: unknown): Promise<void>;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

export function createGraphWriter(path: string): GraphWriter {
  const stream = createWriteStream(path, { flags: 'w', mode: 0o600 });
  const done = finished(stream);
  // Reported by the next write, and by close at the latest; without this line Node would end the process first.
  done.catch(() => undefined);
  return {
    write: async (record) => {
      if (stream.errored !== null) throw stream.errored;
      if (!stream.write(`${JSON.stringify(record)}\n`)) await once(stream, 'drain');
    },
    close: async () => {
      stream.end();
      await done;
    },
  };
}

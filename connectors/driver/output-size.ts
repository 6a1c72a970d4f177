/** How much a run has written so far, looked at while it runs: what exceeds a limit ends it early. */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { GRAPH_FILE, RESULTS_FILE } from '../contract/files.ts';
import { errnoOf } from './failures.ts';
import type { OutputLimits } from './types.ts';

export interface Overflow {
  /** `graph`, `results`, `directory`, `entries`. */
  readonly what: string;
  readonly limit: number;
}

export interface OutputSize {
  readonly graphBytes: number;
  readonly overflow: Overflow | null;
}

export async function measureOutput(runDirectory: string, limits: OutputLimits): Promise<OutputSize> {
  const graphBytes = await sizeOf(join(runDirectory, GRAPH_FILE));
  if (graphBytes > limits.graphBytes) return { graphBytes, overflow: { what: 'graph', limit: limits.graphBytes } };
  if ((await sizeOf(join(runDirectory, RESULTS_FILE))) > limits.resultsBytes) {
    return { graphBytes, overflow: { what: 'results', limit: limits.resultsBytes } };
  }
  return { graphBytes, overflow: await directoryOverflow(runDirectory, limits) };
}

async function sizeOf(path: string): Promise<number> {
  return (await lstat(path).catch(() => null))?.size ?? 0;
}

/** Links are not followed. A directory that cannot be entered could hide anything: it counts as too much. */
async function directoryOverflow(root: string, limits: OutputLimits): Promise<Overflow | null> {
  const waiting = [root];
  let bytes = 0;
  let entries = 0;
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    try {
      for await (const entry of await opendir(directory)) {
        const path = join(directory, entry.name);
        entries += 1;
        if (entries > limits.directoryEntries) return { what: 'entries', limit: limits.directoryEntries };
        if (entry.isDirectory()) waiting.push(path);
        // Sparse files are counted by what they hold, as the disk does.
        else bytes += ((await lstat(path).catch(() => null))?.blocks ?? 0) * 512;
        if (bytes > limits.directoryBytes) return { what: 'directory', limit: limits.directoryBytes };
      }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') return { what: 'directory', limit: limits.directoryBytes };
    }
  }
  return null;
}

/** What `--wait` does: follows a run to its end, prints its cells, and says by the exit code whether it succeeded. */
import type { Started } from '../../api/ports.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { FullRunControl } from '../compose/run-control.ts';
import type { Storage } from '../compose/storage.ts';
import type { WaitOptions } from './scan.ts';

export async function reportEnd(started: Started, { wait, json }: WaitOptions, control: FullRunControl, storage: Storage): Promise<void> {
  if (!wait) {
    process.stdout.write(json ? `${JSON.stringify(started)}\n` : `started run ${started.run_id}\n`);
    return;
  }
  const result = await control.result(started);
  if ('refused' in result) {
    process.stdout.write(
      json ? `${JSON.stringify(result)}\n` : `refused: ${result.refused}${result.holder === undefined ? '' : ` (run ${result.holder})`}\n`,
    );
    process.exitCode = 1;
    return;
  }
  const tenant = await storage.lookups.tenantOfRun(result.run_id);
  const run = tenant === null ? null : await storage.runs.get(tenant, result.run_id);
  process.stdout.write(json ? `${JSON.stringify(run ?? result)}\n` : describe(run, result.status));
  if (result.status !== 'succeeded') process.exitCode = 1;
}

/** A run with its cells and errors, for people; ends with a line break. */
export function describe(run: ScanRun | null, status: string): string {
  if (run === null) return `${status}\n`;
  const lines = Object.entries(run.category_results).map(([key, cell]) => {
    const errors = cell.errors.map(
      (error) =>
        `\n    ${error.code}: ${error.message}${error.subject === undefined ? '' : ` (${error.subject})`}; who should act: ${error.actor}`,
    );
    return `  ${key}: ${cell.status}, ${cell.items_scanned}${errors.join('')}`;
  });
  return `run ${run._id}: ${run.status}${run.reason === null ? '' : ` (${run.reason})`}\n${lines.join('\n')}\n`;
}

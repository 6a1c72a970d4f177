/** What `--wait` does: follows a run to its end, prints its cells, and says by the exit code whether it succeeded. */
import { countWords } from '../../domain/runs/counts.ts';
import { firstStepOf } from '../../domain/runs/first-steps.ts';
import { DRIVER_CELL } from '../../domain/runs/types.ts';
import type { components } from '../client/openapi.ts';
import { answer, found } from '../client/answers.ts';
import type { ApiClient } from '../client/index.ts';
import type { Cli } from '../terminal.ts';
import { print, printable } from './print.ts';

type ScanRun = components['schemas']['ScanRun'];
type RunOutcome = components['schemas']['RunOutcome'];

export interface WaitOptions {
  readonly wait: boolean;
  readonly json: boolean;
}

interface StartedRun {
  readonly tenant_id: string;
  readonly run_id: string;
  readonly workflow_id: string;
}

/** RUN-08: what started it is on the run. */
export const FROM_CLI = { 'x-sv0-source': 'cli' } as const;

/** The API holds each question open so long. */
const WAIT_SECONDS = 25;

export async function reportEnd(cli: Cli, api: ApiClient, started: StartedRun, { wait, json }: WaitOptions): Promise<void> {
  const { run_id, workflow_id, tenant_id } = started;
  if (!wait) {
    print(cli, json, { run_id, workflow_id }, () => `started run ${run_id}`);
    return;
  }
  const outcome = await endOf(api, started);
  if (outcome.run_status !== 'succeeded') cli.exitCode = 1;
  if (outcome.status === 'refused') {
    const { refused, holder } = outcome;
    print(cli, json, { refused, holder }, () => `refused: ${refused}${holder === null ? '' : ` (run ${holder})`}`);
    return;
  }
  const run = await found(api.GET('/api/v1/scan-runs/{id}', { params: { path: { id: run_id }, query: { tenant_id } } }));
  print(cli, json, run ?? { run_id, status: outcome.run_status }, () => (run === null ? (outcome.run_status ?? 'ended') : describe(run)));
}

/** Waits for as long as it takes. */
export async function endOf(api: ApiClient, { tenant_id, run_id, workflow_id }: StartedRun): Promise<RunOutcome> {
  const params = { path: { id: run_id }, query: { tenant_id, workflow_id, wait_seconds: WAIT_SECONDS } };
  for (;;) {
    const outcome = await answer(api.GET('/api/v1/scan-runs/{id}/outcome', { params }));
    if (outcome.status !== 'running') return outcome;
  }
}

/** A skipped stage did nothing: a zero would look as if what is there had gone. The driver counts nothing. */
function counted(key: string, { status, items_scanned }: ScanRun['category_results'][string]): string {
  const { one, many } = countWords(key);
  return status === 'skipped' || key === DRIVER_CELL ? '' : `, ${items_scanned} ${items_scanned === 1 ? one : many}`;
}

/** A run with its cells, its errors and what to do first about them, for people. */
export function describe(run: ScanRun): string {
  const lines = Object.entries(run.category_results).map(([key, cell]) => {
    const errors = cell.errors.map(({ code, message, subject, actor }) => {
      const about = subject === undefined ? '' : ` (${printable(subject)})`;
      return `\n    ${code}: ${printable(message, 500)}${about}; who should act: ${actor}`;
    });
    return `  ${printable(key)}: ${cell.status}${counted(key, cell)}${errors.join('')}`;
  });
  const errors = Object.values(run.category_results).flatMap((cell) => cell.errors);
  const steps = new Set(errors.map(({ code }) => firstStepOf(code)).filter((step) => step !== undefined));
  return [
    `run ${run.id}: ${run.status}${run.reason === null ? '' : ` (${run.reason})`}`,
    ...lines,
    ...[...steps].map((step) => `first step: ${step}`),
  ].join('\n');
}

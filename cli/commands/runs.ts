/** `sv0 runs …`: what ran and how it ended, and doing it again or stopping it (RUN-08). */
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { NotFoundError } from '../../domain/errors.ts';
import { type RunId, runId, scopeId } from '../../domain/ids.ts';
import { RUN_STATUSES, type RunStatus, type ScanRun } from '../../domain/runs/types.ts';
import type { Storage } from '../compose/storage.ts';
import { eachTenant, limitOf, print } from './print.ts';
import { describe, reportEnd } from './report-end.ts';
import type { WaitOptions } from './scan.ts';
import { withControl } from './with-control.ts';

interface ListOptions {
  readonly tenant?: string;
  readonly scope?: string;
  readonly status?: RunStatus;
  readonly limit: number;
  readonly json: boolean;
}

export function addRunsCommand(program: Command): void {
  const runs = program.command('runs').description('runs: look, retry, cancel');
  const add = (name: string, about: string): Command =>
    runs.command(name).description(about).option('--json', 'print one JSON document', false);
  const one = (name: string, about: string): Command => add(name, about).argument('<run>', 'the id of a run');

  add('list', 'the newest runs')
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--scope <scope>', 'only of this scope')
    .addOption(new Option('--status <status>', 'only with this status').choices(RUN_STATUSES))
    .addOption(new Option('--limit <count>', 'how many, at most 500').default(20).argParser((text) => limitOf(text, 500)))
    .action((options: ListOptions) =>
      withControl(async ({ storage }) => {
        const rows = await newest(storage, options);
        print(options.json, rows, () => listed(rows));
      }),
    );

  one('show', 'one run: its cells, its errors and who should act').action((id: string, { json }: { json: boolean }) =>
    withControl(async ({ storage }) => {
      const run = await runOf(storage, runId(id));
      print(json, run, () => shown(run));
    }),
  );

  one('retry', 'a new run of the same scope, linked to this one; it passes a cooldown')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .action((id: string, options: WaitOptions) =>
      withControl(async ({ control, storage, userId }) => {
        const started = await control.retry({
          run_id: runId(id),
          tenant_hint: null,
          source: 'cli',
          user_id: userId,
          idempotency_key: null,
        });
        await reportEnd(started, options, control, storage);
      }),
    );

  one('cancel', 'stop a run: its child is killed and it ends failed, with the reason cancelled')
    .option('--wait', 'wait until the run is over', false)
    .action((id: string, { wait, json }: WaitOptions) =>
      withControl(async ({ control, storage, userId }) => {
        const run_id = runId(id);
        await control.cancel({ run_id, tenant_hint: null, source: 'cli', user_id: userId });
        if (wait) await control.result({ run_id, workflow_id: (await runOf(storage, run_id)).workflow_id });
        const run = await runOf(storage, run_id);
        print(json, { run_id, cancel_requested: true, status: run.status, reason: run.reason }, () =>
          run.status === 'running'
            ? `run ${run_id} is being stopped`
            : `run ${run_id}: ${run.status}${run.reason === null ? '' : ` (${run.reason})`}`,
        );
      }),
    );
}

async function newest(storage: Storage, { tenant, scope, status, limit }: ListOptions): Promise<readonly ScanRun[]> {
  const filter = { limit, ...(scope === undefined ? {} : { scope_id: scopeId(scope) }), ...(status === undefined ? {} : { status }) };
  const chain = scope === undefined ? null : await storage.scopes.findForStart(scopeId(scope));
  if (scope !== undefined && (chain === null || (tenant !== undefined && chain.tenant._id !== tenant)))
    throw new NotFoundError('scope', scope);
  const rows: ScanRun[] = [];
  for await (const id of eachTenant(storage, chain?.tenant._id ?? tenant)) rows.push(...(await storage.runs.list(id, filter)));
  return rows.sort((a, b) => b.started_at.getTime() - a.started_at.getTime() || (a._id < b._id ? 1 : -1)).slice(0, limit);
}

async function runOf(storage: Storage, id: RunId): Promise<ScanRun> {
  const tenant = await storage.lookups.tenantOfRun(id);
  if (tenant === null) throw new NotFoundError('run', id);
  return await storage.runs.get(tenant, id);
}

function listed(rows: readonly ScanRun[]): string {
  const table = new Table({ head: ['run', 'scope', 'started', 'by', 'status'], style: { head: [], border: [] } });
  for (const run of rows) {
    table.push([
      run._id,
      run.scope_id,
      run.started_at.toISOString(),
      run.trigger.type,
      `${run.status}${run.reason === null ? '' : ` (${run.reason})`}`,
    ]);
  }
  return rows.length === 0 ? 'no run' : table.toString();
}

function shown(run: ScanRun): string {
  const { type, source, triggered_by_user_id, retry_of } = run.trigger;
  return [
    `scope ${run.scope_id} of tenant ${run.tenant_id}, generation ${run.generation}`,
    `${type} by ${triggered_by_user_id ?? source}${retry_of === undefined ? '' : `, a retry of ${retry_of}`}`,
    `started ${run.started_at.toISOString()}, ${run.ended_at === null ? 'not over' : `ended ${run.ended_at.toISOString()}`}`,
    describe(run, run.status).trimEnd(),
  ].join('\n');
}

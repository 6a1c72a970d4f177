/** `sv0 runs …`: what ran and how it ended, and doing it again or stopping it (RUN-08). */
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { RUN_STATUSES, type RunStatus } from '../../domain/runs/types.ts';
import type { components } from '../client/openapi.ts';
import { answer, items } from '../client/answers.ts';
import type { ApiClient } from '../client/index.ts';
import type { Cli } from '../terminal.ts';
import { limitOf, print, printable } from './print.ts';
import { describe, endOf, FROM_CLI, reportEnd, type WaitOptions } from './report-end.ts';
import { eachTenant, tenantOf } from './tenant.ts';

type ScanRun = components['schemas']['ScanRun'];

interface ListOptions {
  readonly tenant?: string;
  readonly scope?: string;
  readonly status?: RunStatus;
  readonly limit: number;
  readonly json: boolean;
}

const PAGE = 200;

export function addRunsCommand(program: Command, cli: Cli): void {
  const runs = program.command('runs');
  const add = (name: string, about: string): Command =>
    runs.command(name).description(about).option('--json', 'print one JSON document', false);
  const one = (name: string, about: string): Command => add(name, about).argument('<run>', 'the id of a run');

  add('list', 'the newest runs')
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--scope <scope>', 'only of this scope')
    .addOption(new Option('--status <status>', 'only with this status').choices(RUN_STATUSES))
    .addOption(new Option('--limit <count>', 'how many, at most 500').default(20).argParser((text) => limitOf(text, 500)))
    .action(async (options: ListOptions) => {
      const rows = await newest(cli.api(), options);
      print(cli, options.json, rows, () => listed(rows));
    });

  one('show', 'one run: its cells, its errors, who should act and what to do first').action(
    async (id: string, { json }: { json: boolean }) => {
      const api = cli.api();
      const run = await runOf(api, id, await tenantOf(api, 'run', id));
      print(cli, json, run, () => shown(run));
    },
  );

  one('retry', 'a new run of the same scope, linked to this one; it passes a cooldown')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .action(async (id: string, options: WaitOptions) => {
      const api = cli.api();
      const of = await tenantOf(api, 'run', id);
      const params = { path: { id }, query: of, header: FROM_CLI };
      await reportEnd(cli, api, { ...of, ...(await answer(api.POST('/api/v1/scan-runs/{id}/retry', { params }))) }, options);
    });

  one('cancel', 'stop a run: its child is killed and it ends failed, with the reason cancelled')
    .option('--wait', 'wait until the run is over', false)
    .action(async (id: string, { wait, json }: WaitOptions) => {
      const api = cli.api();
      const of = await tenantOf(api, 'run', id);
      const { workflow_id } = await runOf(api, id, of);
      await answer(api.POST('/api/v1/scan-runs/{id}/cancel', { params: { path: { id }, query: of, header: FROM_CLI } }));
      if (wait) await endOf(api, { ...of, run_id: id, workflow_id });
      const { status, reason } = await runOf(api, id, of);
      print(cli, json, { run_id: id, cancel_requested: true, status, reason }, () =>
        status === 'running' ? `run ${id} is being stopped` : `run ${id}: ${status}${reason === null ? '' : ` (${reason})`}`,
      );
    });
}

async function newest(api: ApiClient, { tenant, scope, status, limit }: ListOptions): Promise<readonly ScanRun[]> {
  const owner = scope === undefined ? undefined : await tenantOf(api, 'scope', scope);
  const filter = { ...(scope === undefined ? {} : { scope_id: scope }), ...(status === undefined ? {} : { status }) };
  const rows: ScanRun[] = [];
  for await (const tenant_id of eachTenant(api, tenant ?? owner?.tenant_id)) {
    // Another tenant's scope is not there.
    if (scope !== undefined) await answer(api.GET('/api/v1/scan-scopes/{id}', { params: { path: { id: scope }, query: { tenant_id } } }));
    const page = (cursor: { readonly cursor?: string }) =>
      answer(api.GET('/api/v1/scan-runs', { params: { query: { tenant_id, ...filter, limit: Math.min(limit, PAGE), ...cursor } } }));
    let taken = 0;
    for await (const run of items(page)) {
      rows.push(run);
      taken += 1;
      if (taken === limit) break;
    }
  }
  return rows
    .sort((a, b) => (a.started_at === b.started_at ? (a.id < b.id ? 1 : -1) : a.started_at < b.started_at ? 1 : -1))
    .slice(0, limit);
}

const runOf = (api: ApiClient, id: string, query: { readonly tenant_id: string }): Promise<ScanRun> =>
  answer(api.GET('/api/v1/scan-runs/{id}', { params: { path: { id }, query } }));

function listed(rows: readonly ScanRun[]): string {
  const table = new Table({ head: ['run', 'scope', 'started', 'by', 'status'], style: { head: [], border: [] } });
  for (const { id, scope_id, started_at, trigger, status, reason } of rows)
    table.push([id, scope_id, started_at, trigger.type, `${status}${reason === null ? '' : ` (${reason})`}`]);
  return rows.length === 0 ? 'no run' : table.toString();
}

function shown(run: ScanRun): string {
  const { type, source, triggered_by_user_id, retry_of } = run.trigger;
  return [
    `scope ${run.scope_id} of tenant ${run.tenant_id}, generation ${run.generation}`,
    `${type} by ${printable(triggered_by_user_id ?? source)}${retry_of === null ? '' : `, a retry of ${retry_of}`}`,
    `started ${run.started_at}, ${run.ended_at === null ? 'not over' : `ended ${run.ended_at}`}`,
    describe(run),
  ].join('\n');
}

/** `sv0 scopes …`: what is scanned, when by itself, and starting, pausing and mending that (FLOW-04). */
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { components } from '../client/openapi.ts';
import { answer, items } from '../client/answers.ts';
import type { ApiClient } from '../client/index.ts';
import type { Cli } from '../terminal.ts';
import { etagOf } from './etag.ts';
import { print, printable } from './print.ts';
import { type ScheduleOptions, scheduleOf } from './schedule-options.ts';
import { eachTenant, tenantOf } from './tenant.ts';

type ScanScope = components['schemas']['ScanScope'];
type ScheduleDrift = components['schemas']['ScheduleDrift'];

export function addScopesCommand(program: Command, cli: Cli): void {
  const scopes = program.command('scopes');
  const add = (name: string, about: string): Command =>
    scopes.command(name).description(about).option('--json', 'print one JSON document', false);
  const one = (name: string, about: string): Command => add(name, about).argument('<scope>', 'the id of a scan scope');

  add('list', 'every scan scope with its schedule and cooldown')
    .option('--tenant <tenant>', 'only of this tenant')
    .action(async ({ tenant, json }: { tenant?: string; json: boolean }) => {
      const api = cli.api();
      const rows: ScanScope[] = [];
      for await (const tenant_id of eachTenant(api, tenant)) {
        const page = (cursor: { readonly cursor?: string }) =>
          answer(api.GET('/api/v1/scan-scopes', { params: { query: { tenant_id, limit: 200, ...cursor } } }));
        for await (const row of items(page)) if (row.kind === 'scan') rows.push(row);
      }
      print(cli, json, rows, () => listed(rows));
    });

  one('show', 'one scope: its schedule in words and its next times').action(async (id: string, { json }: { json: boolean }) => {
    const api = cli.api();
    const row = await scopeOf(api, id);
    const params = { path: { id }, query: { tenant_id: row.tenant_id } };
    const { next } =
      row.kind === 'scan' ? await answer(api.GET('/api/v1/scan-scopes/{id}/next-times', { params })) : { next: [] as string[] };
    print(cli, json, { ...row, next_times: next }, () => shown(row, next));
  });

  one('schedule', 'scan the scope by itself, at the times of a cron expression or in an interval')
    .option('--cron <expression>', 'five fields, such as "0 2 * * *"')
    .option('--timezone <zone>', 'of --cron: an IANA name, such as Europe/Berlin (default: UTC)')
    .option('--every <seconds>', 'an interval of at least 60 seconds')
    .option('--none', 'take the schedule away', false)
    .action(async (id: string, { json, ...options }: ScheduleOptions & { readonly json: boolean }) => {
      const body = { schedule: scheduleOf(options) };
      const api = cli.api();
      const params = await basedOn(api, id);
      const row = await answer(api.PUT('/api/v1/scan-scopes/{id}/schedule', { params, body }));
      const { schedule, schedule_id } = row;
      print(cli, json, { scope_id: id, schedule, schedule_id }, () =>
        schedule === null ? `${id} has no schedule` : `${id}: ${row.schedule_in_words}`,
      );
    });

  one('pause', 'start nothing by itself until `resume`; manual starts still work')
    .requiredOption('--note <text>', 'why, for whoever looks')
    .action(async (id: string, { note, json }: { note: string; json: boolean }) => {
      const api = cli.api();
      await answer(api.POST('/api/v1/scan-scopes/{id}/pause', { params: await basedOn(api, id), body: { note } }));
      print(cli, json, { scope_id: id, paused: true }, () => `${id} is paused`);
    });

  one('resume', 'go on with the schedule').action(async (id: string, { json }: { json: boolean }) => {
    const api = cli.api();
    await answer(api.POST('/api/v1/scan-scopes/{id}/resume', { params: await basedOn(api, id) }));
    print(cli, json, { scope_id: id, paused: false }, () => `${id} goes on`);
  });

  one('trigger', 'run the schedule now; a cooldown refuses it (`sv0 scan --override-cooldown` does not)').action(
    async (id: string, { json }: { json: boolean }) => {
      const api = cli.api();
      await answer(api.POST('/api/v1/scan-scopes/{id}/trigger', { params: { path: { id }, query: await tenantOf(api, 'scope', id) } }));
      print(cli, json, { scope_id: id, triggered: true }, () => `${id}: triggered; \`sv0 runs list --scope ${id}\` shows the run`);
    },
  );

  add('drift', 'where the schedules in Temporal differ from the rows; exits 1 when something differs')
    .option('--repair', 'make Temporal follow the rows', false)
    .action(async ({ repair, json }: { repair: boolean; json: boolean }) => {
      const api = cli.api();
      const { items: drift } = repair
        ? await answer(api.POST('/api/v1/admin/schedule-drift/repair', {}))
        : await answer(api.GET('/api/v1/admin/schedule-drift', {}));
      print(cli, json, drift, () => drifted(drift, repair));
      if (drift.length > 0 && !repair) cli.exitCode = 1;
    });
}

async function scopeOf(api: ApiClient, id: string): Promise<ScanScope> {
  const query = await tenantOf(api, 'scope', id);
  return await answer(api.GET('/api/v1/scan-scopes/{id}', { params: { path: { id }, query } }));
}

/** The edit is of the row as it was read a moment ago. */
async function basedOn(api: ApiClient, id: string) {
  const row = await scopeOf(api, id);
  return { path: { id }, query: { tenant_id: row.tenant_id }, header: etagOf(row) };
}

function shown(row: ScanScope, next: readonly string[]): string {
  return [
    `${row.id}  ${printable(row.name)}  (tenant ${row.tenant_id}, ${row.status})`,
    `  reads       ${row.categories.join(', ')}`,
    `  schedule    ${scheduleWords(row)}`,
    ...next.map((time, index) => `  ${index === 0 ? 'next runs ' : '          '}  ${time}`),
    `  cooldown    ${cooling(row) ?? 'none'} (${row.cooldown_seconds} s after a failure)`,
    `  budget      ${row.budget.max_runtime_seconds} s`,
    `  in flight   ${row.in_flight?.run_id ?? 'nothing'}`,
  ].join('\n');
}

const scheduleWords = ({ schedule_in_words, paused }: ScanScope): string =>
  `${schedule_in_words ?? 'none'}${paused === null ? '' : `, paused: ${printable(paused.note)}`}`;
const cooling = ({ cooldown_until }: ScanScope): string | null =>
  cooldown_until !== null && Date.parse(cooldown_until) > Date.now() ? `until ${cooldown_until}` : null;

function listed(rows: readonly ScanScope[]): string {
  const table = new Table({ head: ['scope', 'tenant', 'schedule', 'cooldown', 'in flight'], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.id, row.tenant_id, scheduleWords(row), cooling(row) ?? '', row.in_flight?.run_id ?? '']);
  return rows.length === 0 ? 'no scope' : table.toString();
}

function drifted(drift: readonly ScheduleDrift[], repaired: boolean): string {
  if (drift.length === 0) return 'every schedule is as its row says';
  const lines = drift.map(
    ({ schedule_id, drift: what, differs }) => `${schedule_id}: ${what}${differs.length === 0 ? '' : ` (${differs.join(', ')})`}`,
  );
  return `${lines.join('\n')}\n${repaired ? 'repaired' : '`sv0 scopes drift --repair` puts it right'}`;
}

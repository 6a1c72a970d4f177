/** `sv0 scopes …`: what is scanned, when by itself, and starting, pausing and mending that (FLOW-04). */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { type ScopeId, scopeId } from '../../domain/ids.ts';
import { checkSchedule, scheduleInWords } from '../../domain/tenancy/schedule.ts';
import type { ScanScope, ScopeSchedule } from '../../domain/tenancy/types.ts';
import type { Drift } from '../compose/schedules.ts';
import type { Storage } from '../compose/storage.ts';
import { eachTenant, print } from './print.ts';
import { type ControlParts, withControl } from './with-control.ts';

interface ScheduleOptions {
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: string;
  readonly none: boolean;
  readonly json: boolean;
}

const SHOWN_TIMES = 5;

export function addScopesCommand(program: Command): void {
  const scopes = program.command('scopes').description('scan scopes and their schedules');
  const add = (name: string, about: string): Command =>
    scopes.command(name).description(about).option('--json', 'print one JSON document', false);
  const one = (name: string, about: string): Command => add(name, about).argument('<scope>', 'the id of a scan scope');

  add('list', 'every scan scope with its schedule and cooldown')
    .option('--tenant <tenant>', 'only of this tenant')
    .action(({ tenant, json }: { tenant?: string; json: boolean }) =>
      withControl(async ({ storage }) => {
        const rows: ScanScope[] = [];
        for await (const id of eachTenant(storage, tenant)) rows.push(...(await storage.scopes.list(id, { kind: 'scan' })));
        print(json, rows, () => listed(rows));
      }),
    );

  one('show', 'one scope: its schedule in words, its next times, whether Temporal follows').action(
    (scope: string, { json }: { json: boolean }) => withControl((parts) => show(parts, scopeId(scope), json)),
  );

  one('schedule', 'scan the scope by itself, at the times of a cron expression or in an interval')
    .option('--cron <expression>', 'five fields, such as "0 2 * * *"')
    .option('--timezone <zone>', 'of --cron: an IANA name, such as Europe/Berlin (default: UTC)')
    .option('--every <seconds>', 'an interval of at least 60 seconds')
    .option('--none', 'take the schedule away', false)
    .action((scope: string, options: ScheduleOptions) => {
      const schedule = scheduleOf(options);
      return withControl(async ({ schedules, storage, userId }) => {
        const applied = await schedules.set({ scope_id: scopeId(scope), tenant_hint: null, by: userId }, schedule);
        const row = await rowOf(storage, scopeId(scope));
        print(options.json, { scope_id: row._id, schedule: row.schedule, schedule_id: row.schedule_id, applied }, () =>
          row.schedule === null ? `${row._id} has no schedule (${applied})` : `${row._id}: ${scheduleInWords(row.schedule)} (${applied})`,
        );
      });
    });

  one('pause', 'start nothing by itself until `resume`; manual starts still work')
    .requiredOption('--note <text>', 'why, for whoever looks')
    .action((scope: string, { note, json }: { note: string; json: boolean }) =>
      withControl(async ({ schedules, userId }) => {
        const applied = await schedules.pause({ scope_id: scopeId(scope), tenant_hint: null, by: userId }, note);
        print(json, { scope_id: scope, paused: true, applied }, () => `${scope} is paused`);
      }),
    );

  one('resume', 'go on with the schedule').action((scope: string, { json }: { json: boolean }) =>
    withControl(async ({ schedules, userId }) => {
      const applied = await schedules.resume({ scope_id: scopeId(scope), tenant_hint: null, by: userId });
      print(json, { scope_id: scope, paused: false, applied }, () => `${scope} goes on`);
    }),
  );

  one('trigger', 'run the schedule now; a cooldown refuses it (`sv0 scan --override-cooldown` does not)').action(
    (scope: string, { json }: { json: boolean }) =>
      withControl(async ({ schedules, userId }) => {
        await schedules.triggerNow({ scope_id: scopeId(scope), tenant_hint: null, by: userId });
        print(json, { scope_id: scope, triggered: true }, () => `${scope}: triggered; \`sv0 runs list --scope ${scope}\` shows the run`);
      }),
  );

  add('drift', 'where the schedules in Temporal differ from the rows; exits 1 when something differs')
    .option('--repair', 'make Temporal follow the rows', false)
    .action(({ repair, json }: { repair: boolean; json: boolean }) =>
      withControl(async ({ schedules }) => {
        const drift = repair ? await schedules.repair() : await schedules.drift();
        print(json, drift, () => drifted(drift, repair));
        if (drift.length > 0 && !repair) process.exitCode = 1;
      }),
    );
}

/** Checked before any service is needed. @throws InvalidInputError, also unless exactly one of `--cron`, `--every` and `--none` is there */
function scheduleOf({ cron, timezone, every, none }: ScheduleOptions): ScopeSchedule | null {
  const given = [cron !== undefined, every !== undefined, none].filter(Boolean).length;
  if (given !== 1)
    throw new InvalidInputError('say when', {
      code: 'SCHEDULE_AMBIGUOUS',
      field: 'schedule',
      expected: 'one of --cron, --every and --none',
    });
  if (timezone !== undefined && cron === undefined) {
    throw new InvalidInputError('only a cron expression has a time zone', {
      code: 'SCHEDULE_AMBIGUOUS',
      field: 'schedule.timezone',
      expected: '--cron with --timezone',
    });
  }
  if (cron !== undefined) return checkSchedule({ kind: 'cron', expression: cron, timezone: timezone ?? 'UTC' });
  return every === undefined ? null : checkSchedule({ kind: 'interval', every_seconds: Number(every) });
}

async function rowOf(storage: Storage, id: ScopeId): Promise<ScanScope> {
  const chain = await storage.scopes.findForStart(id);
  if (chain === null) throw new NotFoundError('scope', id);
  return chain.scope;
}

async function show({ storage, schedules }: ControlParts, id: ScopeId, json: boolean): Promise<void> {
  const row = await rowOf(storage, id);
  const next = row.kind === 'scan' ? await schedules.nextTimes(row, SHOWN_TIMES) : [];
  const schedule = row.schedule ?? null;
  const words = schedule === null ? null : scheduleInWords(schedule);
  print(json, { ...row, schedule_in_words: words, next_times: next }, () =>
    [
      `${row._id}  ${row.name}  (tenant ${row.tenant_id}, ${row.status})`,
      `  reads       ${row.categories.join(', ')}`,
      `  schedule    ${words ?? 'none'}${paused(row)}`,
      ...next.map((time, index) => `  ${index === 0 ? 'next runs ' : '          '}  ${time.toISOString()}`),
      `  cooldown    ${cooling(row) ?? 'none'} (${row.cooldown_seconds} s after a failure)`,
      `  budget      ${row.budget.max_runtime_seconds} s`,
      `  in flight   ${row.in_flight?.run ?? 'nothing'}`,
    ].join('\n'),
  );
}

const paused = (row: ScanScope): string => ((row.paused ?? null) === null ? '' : `, paused: ${row.paused?.note}`);
const cooling = (row: ScanScope): string | null =>
  row.cooldown_until.getTime() > Date.now() ? `until ${row.cooldown_until.toISOString()}` : null;

function listed(rows: readonly ScanScope[]): string {
  const table = new Table({ head: ['scope', 'tenant', 'schedule', 'cooldown', 'in flight'], style: { head: [], border: [] } });
  for (const row of rows) {
    const schedule = row.schedule ?? null;
    table.push([
      row._id,
      row.tenant_id,
      `${schedule === null ? 'none' : scheduleInWords(schedule)}${paused(row)}`,
      cooling(row) ?? '',
      row.in_flight?.run ?? '',
    ]);
  }
  return rows.length === 0 ? 'no scope' : table.toString();
}

function drifted(drift: readonly Drift[], repaired: boolean): string {
  if (drift.length === 0) return 'every schedule is as its row says';
  const lines = drift.map(
    ({ schedule_id, drift: what, differs }) => `${schedule_id}: ${what}${differs.length === 0 ? '' : ` (${differs.join(', ')})`}`,
  );
  return `${lines.join('\n')}\n${repaired ? 'repaired' : '`sv0 scopes drift --repair` puts it right'}`;
}

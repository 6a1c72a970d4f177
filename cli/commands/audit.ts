/** `sv0 audit`: a tenant's audit log, and whether it is whole (CRED-08). */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import type { components } from '../client/openapi.ts';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { limitOf, print, printable } from './print.ts';

type AuditRecord = components['schemas']['AuditRecord'];
type AuditVerdict = components['schemas']['AuditVerdict'];

interface ListOptions {
  readonly tenant: string;
  readonly action?: string;
  readonly cursor?: string;
  readonly limit: number;
  readonly json: boolean;
}

interface VerifyOptions {
  readonly tenant: string;
  readonly anchor?: string;
  readonly json: boolean;
}

export function addAuditCommand(program: Command, cli: Cli): void {
  const audit = program.command('audit');
  audit
    .command('list')
    .description('records, newest first')
    .requiredOption('--tenant <tenant>', `whose; ${PLATFORM} for what is no tenant’s`)
    .option('--action <action>', 'only these, such as credential.resolve')
    .option('--cursor <cursor>', 'the next page, as the one before named it')
    .option('--limit <count>', 'how many, at most 200', (text) => limitOf(text, 200), 50)
    .option('--json', 'print one JSON document', false)
    .action(async ({ tenant, json, ...filter }: ListOptions) => {
      const api = cli.api();
      const tenant_id = await ownerOf(api, tenant);
      const page = await answer(api.GET('/api/v1/audit-records', { params: { query: { tenant_id, ...filter } } }));
      print(cli, json, page, () => listed(page.items, page.next_cursor));
    });
  audit
    .command('verify')
    .description('walk the chain of hashes: a record that was cut, changed or moved is found; exit 1 then')
    .requiredOption('--tenant <tenant>', `whose; ${PLATFORM} for what is no tenant’s`)
    .option('--anchor <seq:hash>', 'a head that an earlier verify printed: it must still be in the chain')
    .option('--json', 'print one JSON document', false)
    .action(async ({ tenant, json, ...anchor }: VerifyOptions) => {
      const api = cli.api();
      const tenant_id = await ownerOf(api, tenant);
      const verdict = await answer(api.GET('/api/v1/audit-records/verdict', { params: { query: { tenant_id, ...anchor } } }));
      print(cli, json, verdict, () => told(verdict));
      if (!verdict.intact) cli.exitCode = 1;
    });
}

/** A tenant that is there, or the platform itself, which is no tenant: sign-ins, and what is done over all of them. */
async function ownerOf(api: ReturnType<Cli['api']>, tenant: string): Promise<string> {
  if (tenant === PLATFORM) return tenant;
  return (await answer(api.GET('/api/v1/tenants/{id}', { params: { path: { id: tenant } } }))).id;
}

function listed(records: readonly AuditRecord[], next: string | null): string {
  const table = new Table({ head: ['seq', 'at', 'action', 'outcome', 'actor', 'about'], style: { head: [], border: [] } });
  for (const { seq, at, action, outcome, actor, subject } of records) {
    const about = Object.entries(subject).map(([name, value]) =>
      printable(`${name}=${Array.isArray(value) ? value.join(',') : String(value)}`),
    );
    table.push([seq, at, action, outcome, printable(actor), about.join('\n')]);
  }
  if (records.length === 0) return 'no record';
  return `${table.toString()}${next === null ? '' : `\nmore with --cursor ${next}`}`;
}

function told(verdict: AuditVerdict): string {
  if (!verdict.intact) return `broken at record ${verdict.seq}: ${verdict.problem}`;
  const head = verdict.head === null ? '' : `; head ${verdict.head.seq}:${verdict.head.hash} (note it elsewhere, and give it as --anchor)`;
  return `intact: ${verdict.records} records${head}`;
}

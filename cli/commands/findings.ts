/** `sv0 findings …`: what the rules found, as a list to read or as a document for other tools. */
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../domain/findings/export.ts';
import type { FindingStatus } from '../../domain/findings/types.ts';
import { SEVERITIES, type Severity } from '../../domain/rules/types.ts';
import { answer } from '../client/answers.ts';
import type { ApiClient } from '../client/index.ts';
import type { Cli } from '../terminal.ts';
import { writePrivateFile } from './output.ts';
import { limitOf, print, printable } from './print.ts';

const PAGE = 200;

interface Filters {
  readonly tenant: string;
  readonly status?: FindingStatus;
  readonly severity?: Severity;
  readonly rule?: string;
}

export function addFindingsCommand(program: Command, cli: Cli): void {
  const findings = program.command('findings');
  const filtered = (name: string, about: string): Command =>
    findings
      .command(name)
      .description(about)
      .requiredOption('--tenant <tenant>', 'whose')
      .addOption(new Option('--status <status>', 'only with this status').choices(['open', 'resolved']))
      .addOption(new Option('--severity <severity>', 'only of this severity').choices(SEVERITIES))
      .option('--rule <rule>', 'only of this rule');

  filtered('list', 'most severe first, then newest')
    .addOption(new Option('--limit <count>', 'how many, at most 200').default(20).argParser((text) => limitOf(text, PAGE)))
    .option('--json', 'print one JSON document', false)
    .action(async ({ limit, json, ...filters }: Filters & { readonly limit: number; readonly json: boolean }) => {
      const api = cli.api();
      const query = { ...(await queryOf(api, filters)), limit };
      const { items } = await answer(api.GET('/api/v1/findings', { params: { query } }));
      print(cli, json, items, () => {
        const table = new Table({ head: ['severity', 'status', 'rule', 'subject', 'finding'], style: { head: [], border: [] } });
        for (const { severity, status, rule_id, subject_name, id } of items)
          table.push([severity, status, rule_id, printable(subject_name, 60), id]);
        return items.length === 0 ? 'no finding' : table.toString();
      });
    });

  filtered('export', 'every finding: OCSF 1.3 events or records as JSON Lines, or CSV with formulas neutralised')
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .option('--out <file>', 'write it there, for its owner only; standard output when left out')
    .action(async ({ format, out, ...filters }: Filters & { readonly format: ExportFormat; readonly out?: string }) => {
      const api = cli.api();
      const query = { ...(await queryOf(api, filters)), format };
      const lines = await answer(api.GET('/api/v1/findings/export', { params: { query }, parseAs: 'stream' }));
      await writePrivateFile(cli, out, (lines ?? []) as AsyncIterable<Uint8Array>);
    });
}

/** @throws ApiProblemError for a tenant that is not there: its findings are none, and that would look like good news */
async function queryOf(api: ApiClient, { tenant, status, severity, rule }: Filters) {
  const { id } = await answer(api.GET('/api/v1/tenants/{id}', { params: { path: { id: tenant } } }));
  return {
    tenant_id: id,
    ...(status === undefined ? {} : { status }),
    ...(severity === undefined ? {} : { severity }),
    ...(rule === undefined ? {} : { rule_id: rule }),
  };
}

/** `sv0 findings …`: what the rules found, as a list to read or as a document for other tools. */
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { NotFoundError } from '../../domain/errors.ts';
import { EXPORT_FORMATS, type ExportFormat, exportFindings } from '../../domain/findings/export.ts';
import type { FindingStatus } from '../../domain/findings/types.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import { RULES } from '../../domain/rules/registry.ts';
import { SEVERITIES, type Severity } from '../../domain/rules/types.ts';
import { createViews } from '../../storage/views/index.ts';
import type { Storage } from '../compose/storage.ts';
import { writePrivateFile } from './output.ts';
import { limitOf, print, printable } from './print.ts';
import { withStorage } from './with-storage.ts';

const PRODUCT_VERSION = '0.1.0';
const PAGE = 200;

interface Filters {
  readonly tenant: string;
  readonly status?: FindingStatus;
  readonly severity?: Severity;
  readonly rule?: string;
}

export function addFindingsCommand(program: Command): void {
  const findings = program.command('findings').description('findings of a tenant: look, export');
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
    .action(({ limit, json, ...filters }: Filters & { readonly limit: number; readonly json: boolean }) =>
      withStorage(async ({ storage }) => {
        const tenant = await existing(storage, filters.tenant);
        const { items } = await viewsOf(storage).findings(tenant, filterOf(filters), { limit });
        print(json, items, () => {
          const table = new Table({ head: ['severity', 'status', 'rule', 'subject', 'finding'], style: { head: [], border: [] } });
          for (const { severity, status, rule_id, subject_name, id } of items)
            table.push([severity, status, rule_id, printable(subject_name, 60), id]);
          return items.length === 0 ? 'no finding' : table.toString();
        });
      }),
    );

  filtered('export', 'every finding: OCSF 1.3 events or records as JSON Lines, or CSV with formulas neutralised')
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .option('--out <file>', 'write it there, for its owner only; standard output when left out')
    .action(({ format, out, ...filters }: Filters & { readonly format: ExportFormat; readonly out?: string }) =>
      withStorage(async ({ storage, userId }) => {
        const tenant = await existing(storage, filters.tenant);
        const filter = filterOf(filters);
        const views = viewsOf(storage);
        await storage.audit.append(tenant, {
          action: 'findings_exported',
          outcome: 'done',
          actor: userId,
          subject: { format, ...filter },
        });
        const lines = exportFindings({
          format,
          page: (after) => views.findings(tenant, filter, { limit: PAGE, ...(after === undefined ? {} : { after }) }),
          ruleOf: (id) => RULES.find((rule) => rule.id === id),
          product_version: PRODUCT_VERSION,
          now: new Date(),
        });
        await writePrivateFile(out, lines);
      }),
    );
}

const viewsOf = (storage: Storage) =>
  createViews({ collections: storage.collections, graph: storage.graph, evidence: storage.evidence, now: () => new Date() }).tenant;

const filterOf = ({ status, severity, rule }: Filters) => ({
  ...(status === undefined ? {} : { status }),
  ...(severity === undefined ? {} : { severity }),
  ...(rule === undefined ? {} : { rule_id: rule }),
});

async function existing({ tenants }: Storage, named: string): Promise<TenantId> {
  const tenant = await tenants.find(tenantId(named));
  if (tenant === null) throw new NotFoundError('tenant', named);
  return tenant._id;
}

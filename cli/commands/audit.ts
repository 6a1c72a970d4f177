/** `sv0 audit`: a tenant's audit log, and whether it is whole (CRED-08). */
import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import { tenantId } from '../../domain/ids.ts';
import type { AuditRecord } from '../../domain/views/types.ts';
import type { AuditAnchor, AuditVerdict } from '../../storage/ports/audit.ts';
import { auditViews } from '../../storage/views/audit.ts';
import { connectedConfig } from '../compose/connected.ts';
import { openStorage, type Storage } from '../compose/storage.ts';
import { print } from './print.ts';

interface ListOptions {
  readonly tenant: string;
  readonly action?: string;
  readonly before?: number;
  readonly limit: number;
  readonly json: boolean;
}

interface VerifyOptions {
  readonly tenant: string;
  readonly anchor?: AuditAnchor;
  readonly json: boolean;
}

export function addAuditCommand(program: Command): void {
  const audit = program.command('audit').description('the audit log of a tenant: read it, and prove that it is whole');
  audit
    .command('list')
    .description('records, newest first')
    .requiredOption('--tenant <tenant>', 'whose')
    .option('--action <action>', 'only these, such as credential.resolve')
    .option('--before <seq>', 'only records before this number: the next page', whole)
    .option('--limit <count>', 'how many, at most 200', whole, 50)
    .option('--json', 'print one JSON document', false)
    .action(async ({ tenant, action, before, limit, json }: ListOptions) =>
      withStorage(async (storage) => {
        const { _id } = await storage.tenants.get(tenantId(tenant));
        const { items, next } = await auditViews(storage.audit).auditRecords(_id, action === undefined ? {} : { action }, {
          limit,
          ...(before === undefined ? {} : { after: { seq: before } }),
        });
        print(json, { items, next }, () => listed(items, next !== null));
      }),
    );
  audit
    .command('verify')
    .description('walk the chain of hashes: a record that was cut, changed or moved is found; exit 1 then')
    .requiredOption('--tenant <tenant>', 'whose')
    .option('--anchor <seq:hash>', 'a head that an earlier verify printed: it must still be in the chain', anchorOf)
    .option('--json', 'print one JSON document', false)
    .action(async ({ tenant, anchor, json }: VerifyOptions) =>
      withStorage(async (storage) => {
        const { _id } = await storage.tenants.get(tenantId(tenant));
        const verdict = await storage.audit.verify(_id, anchor);
        print(json, verdict, () => told(verdict));
        if (!verdict.intact) process.exitCode = 1;
      }),
    );
}

async function withStorage(use: (storage: Storage) => Promise<void>): Promise<void> {
  const { settings } = await connectedConfig(process.env);
  const storage = await openStorage(settings);
  try {
    await use(storage);
  } finally {
    await storage.close();
  }
}

function listed(records: readonly AuditRecord[], more: boolean): string {
  const table = new Table({ head: ['seq', 'at', 'action', 'outcome', 'actor', 'about'], style: { head: [], border: [] } });
  for (const { seq, at, action, outcome, actor, subject } of records) {
    const about = Object.entries(subject).map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : String(value)}`);
    table.push([seq, at.toISOString(), action, outcome, actor, about.join('\n')]);
  }
  if (records.length === 0) return 'no record';
  return `${table.toString()}${more ? `\nmore with --before ${records.at(-1)?.seq}` : ''}`;
}

function told(verdict: AuditVerdict): string {
  if (!verdict.intact) return `broken at record ${verdict.seq}: ${verdict.problem}`;
  const head = verdict.head === null ? '' : `; head ${verdict.head.seq}:${verdict.head.hash} (note it elsewhere, and give it as --anchor)`;
  return `intact: ${verdict.records} records${head}`;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return Number(text);
}

function anchorOf(text: string): AuditAnchor {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new InvalidArgumentError('expected <seq>:<hash>');
  return { seq: Number(seq), hash };
}

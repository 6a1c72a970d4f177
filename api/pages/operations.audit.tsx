/** A tenant's audit log (CRED-08): as a page, and taken away as CSV. Taking it away is recorded. */
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { csvLine } from '../../domain/findings/csv.ts';
import type { TenantId } from '../../domain/ids.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import type { AuditRecord } from '../../domain/views/types.ts';
import { document } from '../../ui/components/layout.tsx';
import { AuditChoicePage, AuditPage } from '../../ui/pages/audit.tsx';
import { cursorCodec, seqPosition } from '../cursor.ts';
import type { AppDeps } from '../deps.ts';
import { type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf, offeredTenants, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const action = z
  .string()
  .regex(/^[a-z][a-z0-9_.]{0,63}$/, 'an action, such as credential.resolve')
  .optional();
const query = z.strictObject({
  tenant: tenantIdSchema.optional(),
  action,
  cursor: z.string().max(2048).optional(),
  verify: z.literal('yes').optional(),
});
const fileQuery = z.strictObject({ tenant: tenantIdSchema, action });

const cursors = cursorCodec('operations/audit', seqPosition);
const A_READ = 200;

export const operationsAudit: Register = (app, deps) => {
  app.get('/operations/audit', async (c) => {
    const { tenant, cursor, verify, ...filter } = readQuery(c, query);
    const frame = frameOf(deps, c, 'Audit', 'audit');
    if (tenant === undefined) return c.html(document(<AuditChoicePage frame={frame} tenants={await offeredTenants(deps)} />));
    const bound = { tenant, action: filter.action };
    const [owner, page, verdict] = await Promise.all([
      ownerOf(deps, tenant),
      deps.views.tenant.auditRecords(tenant, filter.action === undefined ? {} : { action: filter.action }, {
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { after: cursors.decode(bound, cursor) }),
      }),
      verify === undefined ? null : deps.views.tenant.auditVerdict(tenant),
    ]);
    return c.html(
      document(
        <AuditPage
          frame={frame}
          tenant={tenant}
          tenant_name={owner.name}
          action={filter.action}
          records={page.items}
          verdict={verdict}
          paged={cursor !== undefined}
          next_cursor={page.next === null ? null : cursors.encode(bound, page.next)}
          now={deps.now()}
        />,
      ),
    );
  });

  app.get('/operations/audit.csv', async (c) => {
    const { tenant, action: wanted } = readQuery(c, fileQuery);
    await ownerOf(deps, tenant);
    await deps.audit.record(tenant, {
      action: 'audit_exported',
      actor: c.var.caller.user_id,
      subject: { format: 'csv', ...(wanted === undefined ? {} : { action: wanted }) },
    });
    const encoder = new TextEncoder();
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const line of csvOf(deps, tenant, wanted)) yield encoder.encode(line);
    }
    return c.body(ReadableStream.from(bytes()) as never, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="audit-${tenant.replaceAll(':', '-')}.csv"`,
    });
  });
};

/** A tenant, or the platform itself, which is no row. */
async function ownerOf(deps: AppDeps, tenant: TenantId): Promise<{ readonly name: string }> {
  if (tenant === PLATFORM) return { name: 'The platform' };
  const owner = await deps.views.operator.tenant(tenant);
  if (owner === null) throw new NotFoundError('tenant', tenant);
  return owner;
}

const COLUMNS = ['seq', 'at', 'action', 'outcome', 'actor', 'subject', 'previous', 'hash'] as const;

/** Newest first, as the page. */
async function* csvOf(deps: AppDeps, tenant: TenantId, wanted: string | undefined): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let after: { readonly seq: number } | undefined;
  for (;;) {
    const { items, next } = await deps.views.tenant.auditRecords(tenant, wanted === undefined ? {} : { action: wanted }, {
      limit: A_READ,
      ...(after === undefined ? {} : { after }),
    });
    for (const record of items) yield csvLine(COLUMNS.map((column) => cellOf(record, column)));
    if (next === null) return;
    after = next;
  }
}

function cellOf(record: AuditRecord, column: (typeof COLUMNS)[number]): string {
  if (column === 'at') return record.at.toISOString();
  if (column === 'subject') return JSON.stringify(Object.fromEntries(Object.entries(record.subject).sort(([a], [b]) => (a < b ? -1 : 1))));
  return String(record[column]);
}

import type { Context } from 'hono';
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { SEVERITIES } from '../../domain/rules/types.ts';
import { document } from '../../ui/components/layout.tsx';
import { findingsLink } from '../../ui/links.ts';
import { FindingsPage, TenantChoicePage } from '../../ui/pages/findings.tsx';
import { cursorCodec, findingPosition, idPosition } from '../cursor.ts';
import type { AppEnv } from '../context.ts';
import { type Register, tenantIdSchema } from '../schemas/common.ts';
import { ruleName } from '../schemas/names.ts';
import { frameOf, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({
  tenant: tenantIdSchema.optional(),
  status: z.enum(['open', 'resolved']).optional(),
  severity: z.enum(SEVERITIES).optional(),
  rule: ruleName.optional(),
  cursor: z.string().max(2048).optional(),
});
type Query = z.output<typeof query>;
type Deps = Parameters<Register>[1];

const cursors = cursorCodec('operations/findings', findingPosition);
const tenantCursors = cursorCodec('operations/findings/tenants', idPosition);
const COUNT_LIMIT = 100;

export const getOperationsFindings: Register = (app, deps) => {
  app.get('/operations/findings', async (c) => {
    const asked = readQuery(c, query);
    return c.html(asked.tenant === undefined ? await tenantChoice(deps, c, asked.cursor) : await findingsOf(deps, c, asked.tenant, asked));
  });
};

async function findingsOf(deps: Deps, c: Context<AppEnv>, tenantId: NonNullable<Query['tenant']>, asked: Query): Promise<string> {
  const tenant = await deps.views.operator.tenant(tenantId);
  if (tenant === null) throw new NotFoundError('tenant', tenantId);
  const status = asked.status ?? 'open';
  const bound = { tenant: tenantId, status, severity: asked.severity, rule: asked.rule };
  const page = await deps.views.tenant.findings(
    tenantId,
    {
      status,
      ...(asked.severity === undefined ? {} : { severity: asked.severity }),
      ...(asked.rule === undefined ? {} : { rule_id: asked.rule }),
    },
    { limit: PAGE_SIZE, ...(asked.cursor === undefined ? {} : { after: cursors.decode(bound, asked.cursor) }) },
  );
  return document(
    <FindingsPage
      frame={frameOf(deps, c, 'Findings', 'findings')}
      tenant={tenantId}
      tenant_name={tenant.name}
      filter={{ status, severity: asked.severity, rule: asked.rule }}
      rows={page.items}
      paged={asked.cursor !== undefined}
      next_cursor={page.next === null ? null : cursors.encode(bound, page.next)}
      now={deps.now()}
    />,
  );
}

async function tenantChoice(deps: Deps, c: Context<AppEnv>, cursor: string | undefined): Promise<string> {
  const page = await deps.views.operator.tenants(
    { status: 'active' },
    { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: tenantCursors.decode({}, cursor) }) },
  );
  const counts = new Map(
    (
      await deps.views.operator.urgentFindings(
        page.items.map((tenant) => tenant._id),
        COUNT_LIMIT,
      )
    ).map((row) => [row.tenant_id, row]),
  );
  return document(
    <TenantChoicePage
      frame={frameOf(deps, c, 'Findings', 'findings')}
      tenants={page.items.map((tenant) => ({
        value: tenant._id,
        label: tenant.name,
        critical: counts.get(tenant._id)?.critical ?? 0,
        high: counts.get(tenant._id)?.high ?? 0,
      }))}
      limit={COUNT_LIMIT}
      next={page.next === null ? null : findingsLink({ cursor: tenantCursors.encode({}, page.next) })}
    />,
  );
}

/** UI-01. The one list across tenants: the operator's own, super-admin only (UI-05). */
import { z } from 'zod';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import { eventsLink } from '../../ui/links.ts';
import { document } from '../../ui/components/layout.tsx';
import { RunsPage } from '../../ui/pages/runs.tsx';
import { cursorCodec, timePosition } from '../cursor.ts';
import { type Register, scopeIdSchema, tenantIdSchema } from '../schemas/common.ts';
import { connectorKind } from '../schemas/names.ts';
import { frameOf, offeredTenants, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({
  tenant: tenantIdSchema.optional(),
  status: z.enum(RUN_STATUSES).optional(),
  connector: connectorKind.optional(),
  scope: scopeIdSchema.optional(),
  cursor: z.string().max(2048).optional(),
});

const cursors = cursorCodec('operations/runs', timePosition);

export const getOperationsRuns: Register = (app, deps) => {
  app.get('/operations/runs', async (c) => {
    const { cursor, ...filter } = readQuery(c, query);
    const [page, tenants] = await Promise.all([
      deps.views.operator.runs(
        {
          ...(filter.tenant === undefined ? {} : { tenant_id: filter.tenant }),
          ...(filter.status === undefined ? {} : { status: filter.status }),
          ...(filter.connector === undefined ? {} : { connector: filter.connector }),
          ...(filter.scope === undefined ? {} : { scope_id: filter.scope }),
        },
        { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: cursors.decode(filter, cursor) }) },
      ),
      offeredTenants(deps),
    ]);
    return c.html(
      document(
        <RunsPage
          frame={{ ...frameOf(deps, c, 'Runs', 'runs'), live: cursor === undefined ? eventsLink() : null }}
          rows={page.items}
          filter={{ tenant: filter.tenant, status: filter.status, connector: filter.connector, scope: filter.scope }}
          tenants={tenants}
          connectors={deps.connectors.map(({ kind, title }) => ({ value: kind, label: title }))}
          paged={cursor !== undefined}
          next_cursor={page.next === null ? null : cursors.encode(filter, page.next)}
          now={deps.now()}
        />,
      ),
    );
  });
};

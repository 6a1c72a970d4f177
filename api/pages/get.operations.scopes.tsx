/** UI-03. Over all tenants, or of one: the operator's own, super-admin only (UI-05). */
import { z } from 'zod';
import { document } from '../../ui/components/layout.tsx';
import { ScopesPage } from '../../ui/pages/scopes.tsx';
import { cursorCodec, idPosition } from '../cursor.ts';
import { instanceIdSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf, offeredTenants, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({
  tenant: tenantIdSchema.optional(),
  instance: instanceIdSchema.optional(),
  cursor: z.string().max(2048).optional(),
});

const cursors = cursorCodec('operations/scopes', idPosition);

export const getOperationsScopes: Register = (app, deps) => {
  app.get('/operations/scopes', async (c) => {
    const { cursor, ...filter } = readQuery(c, query);
    const [page, tenants] = await Promise.all([
      deps.views.operator.scopes(
        {
          ...(filter.tenant === undefined ? {} : { tenant_id: filter.tenant }),
          ...(filter.instance === undefined ? {} : { instance_id: filter.instance }),
        },
        { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: cursors.decode(filter, cursor) }) },
      ),
      offeredTenants(deps),
    ]);
    return c.html(
      document(
        <ScopesPage
          frame={frameOf(deps, c, 'Scopes', 'scopes')}
          rows={page.items}
          filter={{ tenant: filter.tenant, instance: filter.instance }}
          tenants={tenants}
          paged={cursor !== undefined}
          next_cursor={page.next === null ? null : cursors.encode(filter, page.next)}
          now={deps.now()}
        />,
      ),
    );
  });
};

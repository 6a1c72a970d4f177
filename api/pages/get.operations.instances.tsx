/** UI-04. */
import { z } from 'zod';
import { document } from '../../ui/components/layout.tsx';
import { InstancesPage } from '../../ui/pages/instances.tsx';
import { cursorCodec, idPosition } from '../cursor.ts';
import { type Register, tenantIdSchema } from '../schemas/common.ts';
import { connectorKind } from '../schemas/names.ts';
import { frameOf, offeredTenants, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({
  tenant: tenantIdSchema.optional(),
  connector: connectorKind.optional(),
  cursor: z.string().max(2048).optional(),
});

const cursors = cursorCodec('operations/instances', idPosition);

export const getOperationsInstances: Register = (app, deps) => {
  app.get('/operations/instances', async (c) => {
    const { cursor, ...filter } = readQuery(c, query);
    const [page, tenants] = await Promise.all([
      deps.views.operator.instances(
        {
          ...(filter.tenant === undefined ? {} : { tenant_id: filter.tenant }),
          ...(filter.connector === undefined ? {} : { connector: filter.connector }),
        },
        { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: cursors.decode(filter, cursor) }) },
      ),
      offeredTenants(deps),
    ]);
    const stored = await Promise.all(
      page.items.map(({ instance }) => deps.administration.credentials.status(instance.tenant_id, instance._id)),
    );
    return c.html(
      document(
        <InstancesPage
          frame={frameOf(deps, c, 'Instances', 'instances')}
          rows={page.items.flatMap((row, index) => {
            const status = stored[index];
            return status === undefined ? [] : [{ row, stored: status }];
          })}
          filter={{ tenant: filter.tenant, connector: filter.connector }}
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

import { z } from 'zod';
import { document } from '../../ui/components/layout.tsx';
import { TenantsPage } from '../../ui/pages/tenants.tsx';
import { cursorCodec, idPosition } from '../cursor.ts';
import type { Register } from '../schemas/common.ts';
import { frameOf, PAGE_SIZE } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({ status: z.enum(['active', 'suspended', 'offboarded']).optional(), cursor: z.string().max(2048).optional() });
const cursors = cursorCodec('operations/tenants', idPosition);

export const getOperationsTenants: Register = (app, deps) => {
  app.get('/operations/tenants', async (c) => {
    const { cursor, status } = readQuery(c, query);
    const page = await deps.views.operator.tenants(status === undefined ? {} : { status }, {
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { after: cursors.decode({ status }, cursor) }),
    });
    return c.html(
      document(
        <TenantsPage
          frame={frameOf(deps, c, 'Tenants', 'tenants')}
          tenants={page.items}
          filter={{ status }}
          paged={cursor !== undefined}
          next_cursor={page.next === null ? null : cursors.encode({ status }, page.next)}
          now={deps.now()}
        />,
      ),
    );
  });
};

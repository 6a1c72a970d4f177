import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { document } from '../../ui/components/layout.tsx';
import { EntityPage } from '../../ui/pages/entity.tsx';
import { digestSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readParam, readQuery } from './read.ts';

const params = z.strictObject({ tenant: tenantIdSchema, id: digestSchema });
const LISTED = 50;

export const getOperationsEntitiesTenantId: Register = (app, deps) => {
  app.get('/operations/entities/:tenant/:id', async (c) => {
    const { tenant, id } = readParam(c, params);
    readQuery(c, z.strictObject({}));
    const [owner, entity, out, into] = await Promise.all([
      deps.views.operator.tenant(tenant),
      deps.views.tenant.entity(tenant, id),
      deps.views.tenant.neighbours(tenant, id, 'out', { limit: LISTED }),
      deps.views.tenant.neighbours(tenant, id, 'in', { limit: LISTED }),
    ]);
    if (entity === null) throw new NotFoundError('entity', id);
    return c.html(
      document(
        <EntityPage
          frame={frameOf(deps, c, 'Entity', 'findings')}
          tenant={tenant}
          tenant_name={owner?.name ?? null}
          entity={entity}
          out={out?.items ?? []}
          into={into?.items ?? []}
          more={(out?.next ?? null) !== null || (into?.next ?? null) !== null}
          now={deps.now()}
        />,
      ),
    );
  });
};

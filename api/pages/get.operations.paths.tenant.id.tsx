import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { document } from '../../ui/components/layout.tsx';
import { PathPage } from '../../ui/pages/path.tsx';
import { digestSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readParam, readQuery } from './read.ts';

const params = z.strictObject({ tenant: tenantIdSchema, id: digestSchema });

export const getOperationsPathsTenantId: Register = (app, deps) => {
  app.get('/operations/paths/:tenant/:id', async (c) => {
    const { tenant, id } = readParam(c, params);
    readQuery(c, z.strictObject({}));
    const detail = await deps.views.tenant.pathDetail(tenant, id);
    if (detail === null) throw new NotFoundError('stitched path', id);
    return c.html(document(<PathPage frame={frameOf(deps, c, 'Path', 'findings')} detail={detail} now={deps.now()} />));
  });
};

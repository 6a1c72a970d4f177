import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { document } from '../../ui/components/layout.tsx';
import { ChainPage } from '../../ui/pages/chain.tsx';
import { digestSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readParam, readQuery } from './read.ts';

const params = z.strictObject({ tenant: tenantIdSchema, id: digestSchema });

export const getOperationsChainsTenantId: Register = (app, deps) => {
  app.get('/operations/chains/:tenant/:id', async (c) => {
    const { tenant, id } = readParam(c, params);
    readQuery(c, z.strictObject({}));
    const detail = await deps.views.tenant.chainDetail(tenant, id);
    if (detail === null) throw new NotFoundError('chain', id);
    return c.html(document(<ChainPage frame={frameOf(deps, c, 'Chain', 'findings')} detail={detail} now={deps.now()} />));
  });
};

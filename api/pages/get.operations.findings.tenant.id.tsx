import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { document } from '../../ui/components/layout.tsx';
import { FindingPage } from '../../ui/pages/finding.tsx';
import { digestSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readParam, readQuery } from './read.ts';

const params = z.strictObject({ tenant: tenantIdSchema, id: digestSchema });

export const getOperationsFindingsTenantId: Register = (app, deps) => {
  app.get('/operations/findings/:tenant/:id', async (c) => {
    const { tenant, id } = readParam(c, params);
    readQuery(c, z.strictObject({}));
    const detail = await deps.views.tenant.findingDetail(tenant, id);
    if (detail === null) throw new NotFoundError('finding', id);
    return c.html(
      document(
        <FindingPage
          frame={frameOf(deps, 'Finding', 'findings')}
          detail={detail}
          rule={deps.rules.get(detail.finding.rule_id)}
          now={deps.now()}
        />,
      ),
    );
  });
};

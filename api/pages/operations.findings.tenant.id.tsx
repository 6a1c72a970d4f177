/** One finding: its page, and leaving it alone for a while. */
import type { Context } from 'hono';
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import type { FormState } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { findingLink } from '../../ui/links.ts';
import { FindingPage } from '../../ui/pages/finding.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { digestSchema, type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readForm, readParam, readQuery } from './read.ts';
import { parsed, readTyped, refused, words } from './typed.ts';

const params = z.strictObject({ tenant: tenantIdSchema, id: digestSchema });
const suppressForm = z.strictObject({
  reason: words(TENANCY_LIMITS.reason),
  until: z
    .string()
    .trim()
    .refine((day) => z.iso.date().safeParse(day).success, 'a day as 2027-01-31'),
});

export const operationsFindingsTenantId: Register = (app, deps) => {
  app.get('/operations/findings/:tenant/:id', async (c) => {
    const { tenant, id } = readParam(c, params);
    readQuery(c, z.strictObject({}));
    return c.html(await render(deps, c, tenant, id, null));
  });

  app.post('/operations/findings/:tenant/:id/suppress', async (c) => {
    const { tenant, id } = readParam(c, params);
    const typed = await readTyped(c);
    try {
      const { reason, until } = parsed(typed, suppressForm);
      // The whole day, wherever the operator is: until it is over in UTC.
      const why = { reason, until: new Date(`${until}T23:59:59.999Z`) };
      await deps.administration.findings.suppress(tenant, id, why, c.var.caller.user_id);
    } catch (error) {
      const { form, status } = refused(error, typed);
      return c.html(await render(deps, c, tenant, id, form), status);
    }
    return c.redirect(findingLink(tenant, id), 303);
  });

  app.post('/operations/findings/:tenant/:id/unsuppress', async (c) => {
    const { tenant, id } = readParam(c, params);
    await readForm(c, z.strictObject({}));
    await deps.administration.findings.unsuppress(tenant, id, c.var.caller.user_id);
    return c.redirect(findingLink(tenant, id), 303);
  });
};

async function render(deps: AppDeps, c: Context<AppEnv>, tenant: TenantId, id: string, suppression: FormState | null): Promise<string> {
  const detail = await deps.views.tenant.findingDetail(tenant, id);
  if (detail === null) throw new NotFoundError('finding', id);
  return document(
    <FindingPage
      frame={frameOf(deps, c, 'Finding', 'findings')}
      detail={detail}
      rule={deps.rules.get(detail.finding.rule_id)}
      suppression={suppression}
      now={deps.now()}
    />,
  );
}

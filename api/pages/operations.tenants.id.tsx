/** One tenant: its page and its forms. */
import type { Context } from 'hono';
import { z } from 'zod';
import { InvalidInputError, isDomainError, NotFoundError } from '../../domain/errors.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { emptyForm } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { tenantLink, withQuery } from '../../ui/links.ts';
import { NewTenantPage, TENANT_ACTS, type TenantModel, TenantPage } from '../../ui/pages/tenant.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../problems.ts';
import { type Register, tenantIdSchema } from '../schemas/common.ts';
import { frameOf, PAGE_SIZE } from './frame.ts';
import { readForm, readParam, readQuery } from './read.ts';
import { parsed, readTyped, refused, storedMeanwhile, words } from './typed.ts';

const params = z.strictObject({ id: tenantIdSchema });
const query = z.strictObject({ done: z.enum(Object.keys(TENANT_ACTS) as [keyof typeof TENANT_ACTS]).optional() });
const version = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const name = words(TENANCY_LIMITS.name);
const newForm = z.strictObject({ id: z.string().max(128), slug: z.string().trim(), name, kind: z.enum(['demo', 'real']) });

export const operationsTenantsId: Register = (app, deps) => {
  app.get('/operations/new/tenant', (c) => {
    readQuery(c, z.strictObject({}));
    return c.html(document(<NewTenantPage frame={frameOf(deps, c, 'New tenant', 'tenants')} form={emptyForm({ kind: ['real'] })} />));
  });

  app.post('/operations/new/tenant', async (c) => {
    const typed = await readTyped(c);
    try {
      const { id, ...tenant } = parsed(typed, newForm);
      const { row } = await deps.administration.tenants.create({ ...tenant, id: tenantId(id.trim()) }, c.var.caller.user_id);
      return c.redirect(withQuery(tenantLink(row._id), { done: 'created' }), 303);
    } catch (error) {
      const { form, status } = refused(error, typed, { tenant_id: 'id' });
      return c.html(document(<NewTenantPage frame={frameOf(deps, c, 'New tenant', 'tenants')} form={form} />), status);
    }
  });

  app.get('/operations/tenants/:id', async (c) => {
    const { id } = readParam(c, params);
    const { done } = readQuery(c, query);
    return c.html(await render(deps, c, id, { done: done ?? null }));
  });

  app.post('/operations/tenants/:id/edit', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    try {
      const { version: basis, ...edit } = parsed(typed, z.strictObject({ name, version }));
      await deps.administration.tenants.edit(id, edit, { tenant_hint: null, version: basis, by: c.var.caller.user_id });
    } catch (error) {
      const { form, status, stale } = refused(error, typed);
      const now = await deps.views.operator.tenant(id);
      const edit = stale && now !== null ? { ...form, stored: storedMeanwhile(typed, { ...typed, name: [now.name] }) } : form;
      return c.html(await render(deps, c, id, { edit }), status);
    }
    return c.redirect(withQuery(tenantLink(id), { done: 'saved' }), 303);
  });

  for (const [act, status, done] of [
    ['suspend', 'suspended', 'suspended'],
    ['activate', 'active', 'activated'],
  ] as const) {
    app.post(`/operations/tenants/:id/${act}`, async (c) => {
      const { id } = readParam(c, params);
      const { version: basis } = await readForm(c, z.strictObject({ version }));
      try {
        await deps.administration.tenants.edit(id, { status }, { tenant_hint: null, version: basis, by: c.var.caller.user_id });
      } catch (error) {
        if (!isDomainError(error) || error instanceof NotFoundError) throw error;
        return c.html(await render(deps, c, id, { refusal: error.message }), problemOf(error, '').status as 409);
      }
      return c.redirect(withQuery(tenantLink(id), { done }), 303);
    });
  }

  app.post('/operations/tenants/:id/offboard', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    try {
      const { slug, version: basis } = parsed(typed, z.strictObject({ slug: z.string().trim(), version }));
      const tenant = await deps.views.operator.tenant(id);
      if (tenant === null) throw new NotFoundError('tenant', id);
      if (slug !== tenant.slug)
        throw new InvalidInputError('the slug is not that of this tenant', { code: 'NOT_CONFIRMED', field: 'slug', expected: tenant.slug });
      await deps.administration.tenants.edit(id, { status: 'offboarded' }, { tenant_hint: null, version: basis, by: c.var.caller.user_id });
    } catch (error) {
      const { form, status } = refused(error, typed);
      return c.html(await render(deps, c, id, { offboard: form }), status);
    }
    return c.redirect(withQuery(tenantLink(id), { done: 'offboarded' }), 303);
  });
};

type Shown = Partial<Pick<TenantModel, 'done' | 'refusal' | 'edit' | 'offboard'>>;

/** @throws NotFoundError */
async function render(deps: AppDeps, c: Context<AppEnv>, id: TenantId, shown: Shown): Promise<string> {
  const tenant = await deps.views.operator.tenant(id);
  if (tenant === null) throw new NotFoundError('tenant', id);
  const [instances, scopes] = await Promise.all([
    deps.views.operator.instances({ tenant_id: id }, { limit: PAGE_SIZE }),
    deps.views.operator.scopes({ tenant_id: id }, { limit: 200 }),
  ]);
  return document(
    <TenantPage
      frame={frameOf(deps, c, tenant.name, 'tenants')}
      tenant={tenant}
      instances={instances.items}
      more_instances={instances.next !== null}
      scopes={scopes.items}
      done={shown.done ?? null}
      refusal={shown.refusal ?? null}
      edit={shown.edit ?? null}
      offboard={shown.offboard ?? null}
      now={deps.now()}
    />,
  );
}

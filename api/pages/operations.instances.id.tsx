/** One connector instance (UI-04): its page and its forms. */
import type { Context } from 'hono';
import { z } from 'zod';
import { isDomainError, NotFoundError } from '../../domain/errors.ts';
import { CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { instanceValues } from '../../ui/components/instance-fields.tsx';
import { instanceLink, instancesLink, withQuery } from '../../ui/links.ts';
import { INSTANCE_ACTS } from '../../ui/pages/instance.tsx';
import type { AppEnv } from '../context.ts';
import { intakeLink } from '../intake-link.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../problems.ts';
import { digestSchema, instanceIdSchema, type Register } from '../schemas/common.ts';
import { instanceRow, manifestOf, renderInstance } from './instance-page.tsx';
import { readForm, readParam, readQuery } from './read.ts';
import { credentialFields, parametersOf, parsed, plainOnly, readTyped, refused, split, storedMeanwhile, whole, words } from './typed.ts';

const params = z.strictObject({ id: instanceIdSchema });
const query = z.strictObject({ done: z.enum(Object.keys(INSTANCE_ACTS) as [keyof typeof INSTANCE_ACTS]).optional() });
const version = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);

/** What an instance's form holds beside its configuration; `new` has the same. */
export const INSTANCE_FIELDS = {
  name: words(TENANCY_LIMITS.name),
  source_tenant: words(TENANCY_LIMITS.sourceTenant),
  'credentials_ref.provider': z.enum(CREDENTIAL_PROVIDERS),
  'credentials_ref.ref': z.string().trim().max(64),
};
const editForm = z.strictObject({ ...INSTANCE_FIELDS, status: z.enum(['active', 'disabled']), version });
const kindForm = z.strictObject({ kind: z.string().max(64) });

export const operationsInstancesId: Register = (app, deps) => {
  app.get('/operations/instances/:id', async (c) => {
    const { id } = readParam(c, params);
    const { done } = readQuery(c, query);
    return c.html(await renderInstance(deps, c, await instanceRow(deps, id), { done: done ?? null }));
  });

  app.post('/operations/instances/:id/edit', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    const declared = manifestOf(deps, await instanceRow(deps, id))?.config ?? {};
    try {
      const { own, rest } = split(typed, 'config');
      const { version: basis, name, source_tenant, status, ...ref } = parsed(rest, editForm);
      const change = {
        name,
        source_tenant,
        status,
        credentials_ref: { provider: ref['credentials_ref.provider'], ref: ref['credentials_ref.ref'] },
        config: parametersOf(declared, own, 'config'),
      };
      await deps.administration.instances.edit(id, change, { tenant_hint: null, version: basis, by: c.var.caller.user_id });
    } catch (error) {
      const { form, status, stale } = refused(error, typed);
      const row = await instanceRow(deps, id);
      const edit = stale ? { ...form, stored: storedMeanwhile(typed, { ...typed, ...instanceValues(row.instance) }) } : form;
      return c.html(await renderInstance(deps, c, row, { edit }), status);
    }
    return c.redirect(withQuery(instanceLink(id), { done: 'saved' }), 303);
  });

  app.post('/operations/instances/:id/credential', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    const row = await instanceRow(deps, id);
    const declared = manifestOf(deps, row)?.credential_kinds.find(({ kind }) => kind === typed['kind']?.[0]);
    try {
      const { own, rest } = split(typed, 'fields');
      const { kind } = parsed(rest, kindForm);
      const input = { kind, fields: credentialFields(own) };
      await deps.administration.credentials.put(row.instance.tenant_id, id, input, c.var.caller.user_id);
    } catch (error) {
      const { form, status } = refused(error, plainOnly(typed, declared));
      return c.html(await renderInstance(deps, c, row, { credential: { kind: declared?.kind ?? '', form } }), status);
    }
    return c.redirect(withQuery(instanceLink(id), { done: 'stored' }), 303);
  });

  for (const [act, method, done] of [
    ['revoke-credential', 'revoke', 'revoked'],
    ['delete-credential', 'remove', 'deleted'],
    ['forget-credential', 'forget', 'forgotten'],
  ] as const) {
    app.post(`/operations/instances/:id/${act}`, async (c) => {
      const { id } = readParam(c, params);
      await readForm(c, z.strictObject({}));
      return await orRefusal(c, deps, async () => {
        const { instance } = await instanceRow(deps, id);
        await deps.administration.credentials[method](instance.tenant_id, id, c.var.caller.user_id);
        return c.redirect(withQuery(instanceLink(id), { done }), 303);
      });
    });
  }

  app.post('/operations/instances/:id/test', async (c) => {
    const { id } = readParam(c, params);
    await readForm(c, z.strictObject({}));
    return await orRefusal(c, deps, async () => {
      const test = await deps.connectionTests.test({ instance_id: id, tenant_hint: null, user_id: c.var.caller.user_id });
      return c.html(await renderInstance(deps, c, await instanceRow(deps, id), { test }));
    });
  });

  app.post('/operations/instances/:id/intake', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    const row = await instanceRow(deps, id);
    const { intake } = deps;
    try {
      if (intake === undefined) throw new NotFoundError('intake', id);
      const wanted = parsed(typed, z.strictObject({ kind: z.string().max(64), hours: whole(1, 168) }));
      const { token, code, expires_at } = await intake.create(row.instance.tenant_id, id, wanted, c.var.caller.user_id);
      // Not a redirect: this answer is the one place where link and code are.
      const fresh = { address: intakeLink(deps, c, token), code, expires_at };
      return c.html(await renderInstance(deps, c, row, { fresh }));
    } catch (error) {
      const { form, status } = refused(error, typed);
      return c.html(await renderInstance(deps, c, row, { intakeForm: form }), status);
    }
  });

  app.post('/operations/instances/:id/intake/revoke', async (c) => {
    const { id } = readParam(c, params);
    const { link } = await readForm(c, z.strictObject({ link: digestSchema }));
    return await orRefusal(c, deps, async () => {
      const { instance } = await instanceRow(deps, id);
      if (deps.intake === undefined) throw new NotFoundError('intake', id);
      await deps.intake.revoke(instance.tenant_id, link, c.var.caller.user_id);
      return c.redirect(withQuery(instanceLink(id), { done: 'closed' }), 303);
    });
  });

  app.post('/operations/instances/:id/remove', async (c) => {
    const { id } = readParam(c, params);
    const { version: basis } = await readForm(c, z.strictObject({ version }));
    return await orRefusal(c, deps, async () => {
      const { instance } = await instanceRow(deps, id);
      await deps.administration.instances.remove(id, { tenant_hint: null, version: basis, by: c.var.caller.user_id });
      return c.redirect(instancesLink({ tenant: instance.tenant_id }), 303);
    });
  });
};

async function orRefusal(c: Context<AppEnv>, deps: AppDeps, act: () => Promise<Response>): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (!isDomainError(error) || error instanceof NotFoundError) throw error;
    const row = await instanceRow(deps, readParam(c, params).id);
    return c.html(await renderInstance(deps, c, row, { refusal: error.message }), problemOf(error, '').status as 409);
  }
}

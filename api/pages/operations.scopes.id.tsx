/** One scope (UI-03): its page and its forms. A form that is done redirects; one that is refused is shown again as it was typed. */
import type { Context } from 'hono';
import { z } from 'zod';
import { isDomainError, NotFoundError } from '../../domain/errors.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import type { FormState } from '../../ui/components/fields.tsx';
import { scheduleValues } from '../../ui/components/schedule.tsx';
import { scopeValues } from '../../ui/components/scope-fields.tsx';
import { runLink, scopeLink, scopesLink, withQuery } from '../../ui/links.ts';
import { SCOPE_ACTS } from '../../ui/pages/scope.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../problems.ts';
import { type Register, scopeIdSchema } from '../schemas/common.ts';
import { readForm, readParam, readQuery } from './read.ts';
import { previewOf, SCHEDULE_FIELDS, SCHEDULE_NAMES, scheduleOf } from './schedule-form.ts';
import { renderScope, scopeRow } from './scope-page.tsx';
import {
  parametersOf,
  parsed,
  type Refused,
  readTyped,
  refused,
  several,
  split,
  storedMeanwhile,
  type Typed,
  whole,
  words,
} from './typed.ts';

const params = z.strictObject({ id: scopeIdSchema });
const query = z.strictObject({ done: z.enum(Object.keys(SCOPE_ACTS) as [keyof typeof SCOPE_ACTS]).optional() });
const version = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const { budgetSeconds, cooldownSeconds, name, reason } = TENANCY_LIMITS;

/** What a scope's form holds beside its parameters; `new` has the same. */
export const SCOPE_FIELDS = {
  name: words(name),
  categories: several,
  budget: whole(budgetSeconds.min, budgetSeconds.max),
  cooldown_seconds: whole(cooldownSeconds.min, cooldownSeconds.max),
};
export const SCOPE_NAMES = { 'budget.max_runtime_seconds': 'budget', ...SCHEDULE_NAMES };

const editForm = z.strictObject({ ...SCOPE_FIELDS, status: z.enum(['active', 'disabled']), version });
const scheduleForm = z.strictObject({ ...SCHEDULE_FIELDS, scope: z.string(), version, do: z.enum(['save', 'preview']) });
const pauseForm = z.strictObject({ note: words(reason), version });
const versionForm = z.strictObject({ version });
const runForm = z.strictObject({ key: z.uuid() });

export const operationsScopesId: Register = (app, deps) => {
  app.get('/operations/scopes/:id', async (c) => {
    const { id } = readParam(c, params);
    const { done } = readQuery(c, query);
    return c.html(await renderScope(deps, c, await scopeRow(deps, id), { done: done ?? null }));
  });

  app.post('/operations/scopes/:id/edit', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    const { connector } = await scopeRow(deps, id);
    const declared = deps.connectors.find(({ kind }) => kind === connector)?.params ?? {};
    try {
      const { own, rest } = split(typed, 'params');
      const { version: basis, budget, ...edit } = parsed(rest, editForm);
      const change = { ...edit, budget: { max_runtime_seconds: budget }, params: parametersOf(declared, own, 'params') };
      await deps.administration.scopes.edit(id, change, editOf(c, basis));
    } catch (error) {
      return await again(c, deps, refused(error, typed, SCOPE_NAMES), typed, 'edit');
    }
    return c.redirect(withQuery(scopeLink(id), { done: 'saved' }), 303);
  });

  app.post('/operations/scopes/:id/schedule', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    try {
      const { version: basis, do: what, scope: _, ...fields } = parsed(typed, scheduleForm);
      if (what === 'preview') {
        const form: FormState = { values: typed, problems: {}, refusal: null, stored: {} };
        const preview = previewOf(deps.administration.scopes, fields, id);
        return c.html(await renderScope(deps, c, await scopeRow(deps, id), { forms: { schedule: form }, preview }));
      }
      await deps.administration.scopes.schedule(id, scheduleOf(fields), editOf(c, basis));
    } catch (error) {
      return await again(c, deps, refused(error, typed, SCHEDULE_NAMES), typed, 'schedule');
    }
    return c.redirect(withQuery(scopeLink(id), { done: 'scheduled' }), 303);
  });

  app.post('/operations/scopes/:id/pause', async (c) => {
    const { id } = readParam(c, params);
    const typed = await readTyped(c);
    try {
      const { note, version: basis } = parsed(typed, pauseForm);
      await deps.administration.scopes.pause(id, note, editOf(c, basis));
    } catch (error) {
      return await again(c, deps, refused(error, typed), typed, 'pause');
    }
    return c.redirect(withQuery(scopeLink(id), { done: 'paused' }), 303);
  });

  app.post('/operations/scopes/:id/resume', async (c) => {
    const { version: basis } = await readForm(c, versionForm);
    return await orRefusal(c, deps, async (id) => {
      await deps.administration.scopes.resume(id, editOf(c, basis));
      return c.redirect(withQuery(scopeLink(id), { done: 'resumed' }), 303);
    });
  });

  app.post('/operations/scopes/:id/run', async (c) => {
    const { key } = await readForm(c, runForm);
    return await orRefusal(c, deps, async (id) => {
      const started = await deps.runControl.start({
        scope_id: id,
        tenant_hint: null,
        trigger_type: 'manual_api',
        source: 'ui',
        user_id: c.var.caller.user_id,
        override_cooldown: true,
        idempotency_key: key,
      });
      return c.redirect(withQuery(runLink(started.run_id), { starting: '1' }), 303);
    });
  });

  app.post('/operations/scopes/:id/remove', async (c) => {
    const { version: basis } = await readForm(c, versionForm);
    return await orRefusal(c, deps, async (id) => {
      const { scope } = await scopeRow(deps, id);
      await deps.administration.scopes.remove(id, editOf(c, basis));
      return c.redirect(scopesLink({ tenant: scope.tenant_id }), 303);
    });
  });
};

const editOf = (c: Context<AppEnv>, basis: number) => ({ tenant_hint: null, version: basis, by: c.var.caller.user_id });

/** The page as it is now, with the form as it was typed. */
async function again(
  c: Context<AppEnv>,
  deps: AppDeps,
  { form, status, stale }: Refused,
  typed: Typed,
  which: 'edit' | 'schedule' | 'pause',
) {
  const row = await scopeRow(deps, readParam(c, params).id);
  const stored = which === 'edit' ? scopeValues(row.scope) : which === 'schedule' ? scheduleValues(row.scope.schedule) : {};
  const shown = stale ? { ...form, stored: storedMeanwhile(typed, { ...typed, ...stored }) } : form;
  return c.html(await renderScope(deps, c, row, { forms: { [which]: shown } }), status);
}

async function orRefusal(
  c: Context<AppEnv>,
  deps: AppDeps,
  act: (id: z.output<typeof scopeIdSchema>) => Promise<Response>,
): Promise<Response> {
  const { id } = readParam(c, params);
  try {
    return await act(id);
  } catch (error) {
    if (!isDomainError(error) || error instanceof NotFoundError) throw error;
    return c.html(await renderScope(deps, c, await scopeRow(deps, id), { refusal: error.message }), problemOf(error, '').status as 409);
  }
}

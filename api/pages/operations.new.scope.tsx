import type { Context } from 'hono';
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { scopeId } from '../../domain/ids.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { emptyForm, type FormState } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { scheduleValues } from '../../ui/components/schedule.tsx';
import { scopeLink, withQuery } from '../../ui/links.ts';
import { NewScopePage } from '../../ui/pages/new-scope.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { instanceIdSchema, type Register } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { SCOPE_FIELDS, SCOPE_NAMES } from './operations.scopes.id.tsx';
import { readQuery } from './read.ts';
import { previewOf, SCHEDULE_FIELDS, scheduleOf } from './schedule-form.ts';
import { parametersOf, parsed, readTyped, refused, split, type Typed } from './typed.ts';

const query = z.strictObject({ instance: instanceIdSchema });
const form = z.strictObject({ ...SCOPE_FIELDS, ...SCHEDULE_FIELDS, id: z.string(), instance: z.string(), do: z.enum(['save', 'preview']) });

export const operationsNewScope: Register = (app, deps) => {
  app.get('/operations/new/scope', async (c) => {
    const { row, manifest } = await about(c, deps);
    const values = {
      id: [`${row.instance._id}-all`.slice(0, 128)],
      name: [`Everything in ${row.instance.name}`.slice(0, TENANCY_LIMITS.name)],
      categories: manifest.categories.map((category) => category.name),
      budget: [String(TENANCY_LIMITS.budgetSeconds.default)],
      cooldown_seconds: [String(TENANCY_LIMITS.cooldownSeconds.default)],
      ...scheduleValues(null),
    };
    return c.html(await render(c, deps, emptyForm(values)));
  });

  app.post('/operations/new/scope', async (c) => {
    const typed = await readTyped(c);
    const { row, manifest } = await about(c, deps);
    try {
      const { own, rest } = split(typed, 'params');
      if (typed['do']?.[0] === 'preview') return c.html(await render(c, deps, emptyForm(typed)));
      const { id, name, categories, budget, cooldown_seconds, ...others } = parsed(rest, form);
      const { row: made } = await deps.administration.scopes.create(
        row.instance._id,
        {
          id: idOf(id),
          name,
          categories,
          params: parametersOf(manifest.params, own, 'params'),
          budget: { max_runtime_seconds: budget },
          cooldown_seconds,
          schedule: scheduleOf(others),
        },
        { tenant_hint: row.instance.tenant_id, by: c.var.caller.user_id },
      );
      return c.redirect(withQuery(scopeLink(made._id), { done: 'created' }), 303);
    } catch (error) {
      const again = refused(error, typed, { ...SCOPE_NAMES, scope_id: 'id' });
      return c.html(await render(c, deps, again.form), again.status);
    }
  });
};

const idOf = (text: string) => scopeId(text.trim());

async function about(c: Context<AppEnv>, deps: AppDeps) {
  const { instance } = readQuery(c, query);
  const row = await deps.views.operator.instance(instance);
  const manifest = row === null ? undefined : deps.connectors.find(({ kind }) => kind === row.instance.connector);
  if (row === null || manifest === undefined) throw new NotFoundError('instance', instance);
  return { row, manifest };
}

async function render(c: Context<AppEnv>, deps: AppDeps, state: FormState): Promise<string> {
  const { row, manifest } = await about(c, deps);
  return document(
    <NewScopePage
      frame={frameOf(deps, c, 'New scope', 'scopes')}
      row={row}
      manifest={manifest}
      form={state}
      preview={previewOfTyped(deps, state.values)}
      now={deps.now()}
    />,
  );
}

function previewOfTyped(deps: AppDeps, typed: Typed) {
  const known = Object.fromEntries(Object.entries(typed).filter(([name]) => Object.hasOwn(SCHEDULE_FIELDS, name)));
  const schedule = z
    .strictObject(SCHEDULE_FIELDS)
    .safeParse(Object.fromEntries(Object.entries(known).map(([name, values]) => [name, values[0]])));
  return schedule.success ? previewOf(deps.administration.scopes, schedule.data, null) : null;
}

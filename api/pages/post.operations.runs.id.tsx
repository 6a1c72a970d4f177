/** Re-run and cancel from the run's page (UI-02): forms, answered with a redirect, or with the page and the reason. */
import type { Context } from 'hono';
import { z } from 'zod';
import { isDomainError, NotFoundError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/ids.ts';
import { runLink, withQuery } from '../../ui/links.ts';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../problems.ts';
import { type Register, runIdSchema } from '../schemas/common.ts';
import { readForm, readParam } from './read.ts';
import { renderRun } from './run-page.tsx';

const params = z.strictObject({ id: runIdSchema });
const retryForm = z.strictObject({ key: z.uuid() });
const cancelForm = z.strictObject({});

export const postOperationsRunsId: Register = (app, deps) => {
  app.post('/operations/runs/:id/retry', async (c) => {
    const { id } = readParam(c, params);
    const { key } = await readForm(c, retryForm);
    return orRefusal(deps, c, id, async () => {
      const started = await deps.runControl.retry({
        run_id: id,
        tenant_hint: null,
        source: 'ui',
        user_id: c.var.caller.user_id,
        idempotency_key: key,
      });
      return c.redirect(withQuery(runLink(started.run_id), { starting: '1' }), 303);
    });
  });
  app.post('/operations/runs/:id/cancel', async (c) => {
    const { id } = readParam(c, params);
    await readForm(c, cancelForm);
    return orRefusal(deps, c, id, async () => {
      await deps.runControl.cancel({ run_id: id, tenant_hint: null, source: 'ui', user_id: c.var.caller.user_id });
      return c.redirect(runLink(id), 303);
    });
  });
};

async function orRefusal(deps: AppDeps, c: Context<AppEnv>, id: RunId, act: () => Promise<Response>): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (!isDomainError(error) || error instanceof NotFoundError) throw error;
    const page = await renderRun(deps, c, id, error.message);
    if (page === null) throw error;
    return c.html(page, problemOf(error, '').status as 409);
  }
}

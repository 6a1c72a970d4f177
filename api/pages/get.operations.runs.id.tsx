/** UI-02. */
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { document } from '../../ui/components/layout.tsx';
import { runLink, withQuery } from '../../ui/links.ts';
import { StartingPage } from '../../ui/pages/starting.tsx';
import { type Register, runIdSchema } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readParam, readQuery } from './read.ts';
import { renderRun } from './run-page.tsx';

const params = z.strictObject({ id: runIdSchema });
/** `starting` counts how often the page has asked for a run that somebody has just started. */
const query = z.strictObject({
  starting: z
    .string()
    .regex(/^\d{1,2}$/, 'a small number')
    .transform(Number)
    .optional(),
});

const ASK_AGAIN_SECONDS = 2;
const ASK_AT_MOST = 15;

export const getOperationsRunsId: Register = (app, deps) => {
  app.get('/operations/runs/:id', async (c) => {
    const { id } = readParam(c, params);
    const { starting } = readQuery(c, query);
    const page = await renderRun(deps, c, id, null);
    if (page !== null) return c.html(page);
    if (starting === undefined) throw new NotFoundError('run', id);
    const gaveUp = starting >= ASK_AT_MOST;
    // A header instead of a script: the page works without one.
    if (!gaveUp) c.header('refresh', `${ASK_AGAIN_SECONDS}; url=${withQuery(runLink(id), { starting: String(starting + 1) })}`);
    return c.html(document(<StartingPage frame={frameOf(deps, c, 'Starting', 'runs')} run_id={id} gave_up={gaveUp} />));
  });
};

/** What a schedule would do, while one types it: a piece of a page for the small script, and a page of its own without it. */
import { z } from 'zod';
import { document } from '../../ui/components/layout.tsx';
import { SchedulePreview } from '../../ui/components/schedule.tsx';
import { type Register, scopeIdSchema } from '../schemas/common.ts';
import { readQuery } from './read.ts';
import { previewOf, SCHEDULE_FIELDS } from './schedule-form.ts';

const query = z.strictObject({ ...SCHEDULE_FIELDS, scope: scopeIdSchema.optional() });

export const getOperationsSchedulePreview: Register = (app, deps) => {
  app.get('/operations/schedule-preview', (c) => {
    const { scope, ...typed } = readQuery(c, query);
    return c.html(document(<SchedulePreview preview={previewOf(deps.administration.scopes, typed, scope ?? null)} now={deps.now()} />));
  });
};

/** UI-03: what a schedule would do, while one types it. Reads and writes no row. */
import { createRoute, json, problems, type Register, scopeIdSchema, time, z } from '../schemas/common.ts';
import { inBody } from '../schemas/edit.ts';
import { scheduleSchema } from '../schemas/tenancy-input.ts';

const body = z
  .strictObject({
    schedule: scheduleSchema,
    /** Places an interval where this scope's would be; need not exist. */
    scope_id: scopeIdSchema.optional(),
  })
  .openapi('SchedulePreviewRequest');

const route = createRoute({
  method: 'post',
  path: '/api/v1/schedule-preview',
  tags: ['scan-scopes'],
  summary: 'A schedule in words, and its next five times',
  request: { query: z.strictObject({}), body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: {
    200: json(z.strictObject({ words: z.string(), next: z.array(time).readonly() }).openapi('SchedulePreview'), 'What it would do'),
    ...problems,
  },
});

export const postSchedulePreview: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { schedule, scope_id } = c.req.valid('json');
    const { words, next } = await inBody(() => deps.administration.scopes.preview(schedule, scope_id ?? null));
    return c.json({ words, next: next.map((at) => at.toISOString()) }, 200);
  });
};

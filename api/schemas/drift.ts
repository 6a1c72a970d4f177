import type { ScheduleDrift } from '../administration.ts';
import { z } from './common.ts';

export const driftSchema = z
  .strictObject({
    items: z
      .array(
        z
          .strictObject({
            schedule_id: z.string(),
            scope_id: z.string().nullable(),
            tenant_id: z.string().nullable(),
            drift: z.enum(['missing', 'unwanted', 'changed', 'unknown']),
            differs: z.array(z.string()).readonly(),
          })
          .openapi('ScheduleDrift'),
      )
      .readonly(),
  })
  .openapi('ScheduleDrifts');

export const driftResource = (drift: readonly ScheduleDrift[]) => ({
  items: drift.map((one) => ({ ...one, scope_id: one.scope_id as string | null, tenant_id: one.tenant_id as string | null })),
});

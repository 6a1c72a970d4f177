import { CELL_STATUSES, REFUSAL_REASONS, RUN_STATUSES, type ScanRun, TRIGGER_TYPES } from '../../domain/runs/types.ts';
import type { RunOutcome } from '../ports.ts';
import { ACTORS_DOC } from './actors.ts';
import { time, z } from './common.ts';

const cellSchema = z
  .strictObject({
    status: z.enum(CELL_STATUSES),
    items_scanned: z.int(),
    started_at: z.string(),
    ended_at: z.string(),
    errors: z
      .array(
        z.strictObject({
          code: z.string(),
          class: z.enum(['transient', 'persistent', 'timeout', 'orphan', 'cancelled']),
          message: z.string(),
          actor: z.enum(ACTORS_DOC),
          subject: z.string().optional(),
        }),
      )
      .readonly(),
  })
  .openapi('Cell');

export const runSchema = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    scope_id: z.string(),
    instance_id: z.string().nullable(),
    connector: z.string(),
    status: z.enum(RUN_STATUSES),
    reason: z.string().nullable(),
    trigger: z.strictObject({
      type: z.enum(TRIGGER_TYPES),
      source: z.string(),
      triggered_by_user_id: z.string().nullable(),
      retry_of: z.string().nullable(),
    }),
    workflow_id: z.string(),
    generation: z.int(),
    category_results: z.record(z.string(), cellSchema),
    sync_id: z.string().nullable(),
    derivation_pass: z.int().nullable(),
    isolation: z.string().nullable(),
    started_at: time,
    deadline_at: time,
    ended_at: time.nullable(),
  })
  .openapi('ScanRun');

/** Named field by field, so that a field added to the record is not published by itself. */
export function runResource(run: ScanRun) {
  return {
    id: run._id as string,
    tenant_id: run.tenant_id as string,
    scope_id: run.scope_id as string,
    instance_id: run.instance_id as string | null,
    connector: run.connector,
    status: run.status,
    reason: run.reason as string | null,
    trigger: {
      type: run.trigger.type,
      source: run.trigger.source,
      triggered_by_user_id: run.trigger.triggered_by_user_id,
      retry_of: (run.trigger.retry_of ?? null) as string | null,
    },
    workflow_id: run.workflow_id,
    generation: run.generation,
    category_results: { ...run.category_results },
    sync_id: run.sync_id,
    derivation_pass: run.derivation_pass,
    isolation: run.isolation as string | null,
    started_at: run.started_at.toISOString(),
    deadline_at: run.deadline_at.toISOString(),
    ended_at: run.ended_at?.toISOString() ?? null,
  };
}

export const startedSchema = z
  .strictObject({
    run_id: z.string(),
    workflow_id: z.string(),
    links: z.strictObject({ run: z.string(), page: z.string(), workflow: z.string().nullable() }),
  })
  .openapi('Started');

export const outcomeSchema = z
  .strictObject({
    status: z.enum(['running', 'refused', 'over']),
    /** When it is `over`; null when its workflow was ended from outside. */
    run_status: z.enum(RUN_STATUSES).nullable(),
    refused: z.enum(REFUSAL_REASONS).nullable(),
    /** The run in flight that a refused start gave way to. */
    holder: z.string().nullable(),
  })
  .openapi('RunOutcome');

export const outcomeResource = (outcome: RunOutcome): z.output<typeof outcomeSchema> => ({
  status: outcome.status,
  run_status: outcome.status === 'over' ? outcome.run_status : null,
  refused: outcome.status === 'refused' ? outcome.refused : null,
  holder: outcome.status === 'refused' ? (outcome.holder ?? null) : null,
});

/** The `--category-results-out` file: one cell per category that the scope named (RUN-03, RUN-10). */
import { z } from 'zod';

export const RESULTS_SCHEMA = 'sv0.category-results/1';

/** A connector ends with this code when the whole run failed for a passing reason (RUN-17; `EX_TEMPFAIL` of sysexits.h). */
export const EXIT_TRANSIENT = 75;

export const cellError = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  class: z.enum(['transient', 'persistent', 'timeout', 'orphan', 'cancelled']),
  message: z.string().max(1000),
  actor: z.enum(['customer', 'operator', 'engineer', 'nobody']),
  subject: z.string().max(512).optional(),
});

export const categoryCell = z.strictObject({
  status: z.enum(['succeeded', 'partial', 'failed', 'timeout', 'skipped']),
  items_scanned: z.int().min(0),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
  errors: z.array(cellError).max(100),
});

export const resultsFile = z.strictObject({
  schema: z.literal(RESULTS_SCHEMA),
  /** Keys of the platform (`__…`) are refused: they are not the connector's to write (RUN-04). */
  category_results: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), categoryCell),
});

export type ResultsFile = z.infer<typeof resultsFile>;
export type CategoryCell = z.infer<typeof categoryCell>;

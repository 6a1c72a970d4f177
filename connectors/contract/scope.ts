/** The `--scope-json` file: what one run of a connector is asked to read. Nothing secret is in it (CONN-04). */
import { z } from 'zod';

export const SCOPE_SCHEMA = 'sv0.scope/1';

export const scopeFile = z.strictObject({
  schema: z.literal(SCOPE_SCHEMA),
  run_id: z.string().min(1).max(128),
  scope_id: z.string().min(1).max(128),
  /**
   * `check` tries each permission of the categories and reads nothing: a cell holds an error per permission that is not there (code
   * `CHECK_MISSING`, the permission as its subject) or not known (any other code), the graph only its header. Only a connector that
   * declares `capabilities.connection_test` is asked for it.
   */
  mode: z.enum(['scan', 'check']).optional(),
  connector: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  /** The account, organisation or directory: the `source_tenant` of everything that is emitted. */
  source_tenant: z.string().min(1).max(256),
  categories: z
    .array(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/))
    .min(1)
    .max(64),
  /** The instance's `config` (base URLs, organisation), as its manifest declares it. */
  config: z.record(z.string(), z.unknown()),
  /** The scope's own parameters (regions, allow-lists), as its manifest declares them. */
  params: z.record(z.string(), z.unknown()),
  /** ISO 8601: the connector should be done by then; the parent kills it at that time. */
  deadline_at: z.iso.datetime(),
});

export type ScopeFile = z.infer<typeof scopeFile>;

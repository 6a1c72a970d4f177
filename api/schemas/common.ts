/** What the routes' schemas share: ids, paging, the tenant, problems. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ACTORS_DOC } from './actors.ts';
import { type IdForm, instanceId, OWNER_ID, ROW_ID, runId, scopeId, tenantId } from '../../domain/ids.ts';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { invalidInput } from '../problems.ts';

export { createRoute, z };
export type Api = OpenAPIHono<AppEnv>;
export type Register = (api: Api, deps: AppDeps) => void;

function branded<T extends string>(brand: (value: unknown) => T, { longest, pattern, words }: IdForm, description: string) {
  return z
    .string()
    .transform((value, context): T => {
      try {
        return brand(value);
      } catch {
        context.addIssue({ code: 'custom', message: words });
        return z.NEVER;
      }
    })
    .openapi({ type: 'string', minLength: 1, maxLength: longest, pattern: pattern.source, description });
}

export const tenantIdSchema = branded(tenantId, OWNER_ID, 'The tenant’s id.');
export const instanceIdSchema = branded(instanceId, OWNER_ID, 'The connector instance’s id.');
export const scopeIdSchema = branded(scopeId, ROW_ID, 'The scan scope’s id.');
export const runIdSchema = branded(runId, ROW_ID, 'The run’s id: its workflow’s first execution run id.');

/** A content id: lower-case hex SHA-256. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');

/** API-05: every read names its tenant; there is no default and no "all". */
export const tenantQuery = z.strictObject({ tenant_id: tenantIdSchema });

/** Writes name one globally unique row, which decides the tenant; a tenant named here is only compared (CRED-05). */
export const tenantHintQuery = z.strictObject({ tenant_id: tenantIdSchema.optional() });

export const DEFAULT_LIMIT = 50;

export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'a whole number from 1 to 200')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, 'a whole number from 1 to 200')
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: 200, default: DEFAULT_LIMIT }),
  cursor: z.string().max(2048).optional().openapi({ description: 'next_cursor of an earlier page of the same list with the same filters' }),
};

export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/, '1 to 128 of A-Z, a-z, 0-9, ".", "_", ":", "-"')
    .optional()
    .openapi({ description: 'The same key with the same request starts once.' }),
});

/** RUN-08: `trigger.source` of what is started; any caller is `api` unless it says that it is our command line. */
export const sourceHeader = z.object({
  'x-sv0-source': z.enum(['api', 'cli']).optional().openapi({ description: 'What the run says started it; `api` when left out.' }),
});

export const startHeaders = idempotencyHeader.extend(sourceHeader.shape);

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    actor: z.enum(ACTORS_DOC),
    problems: z.array(z.strictObject({ field: z.string(), expected: z.string() })).readonly(),
    holder: z.string().nullable(),
    request_id: z.string(),
  })
  .openapi('Problem');

export const problems = {
  default: { description: 'Any error, in one shape (RFC 9457)', content: { 'application/problem+json': { schema: problemSchema } } },
} as const;

export const json = <S extends z.ZodType>(schema: S, description: string) => ({ description, content: { 'application/json': { schema } } });

export const listOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item).readonly(), next_cursor: z.string().nullable() });

export const time = z.iso.datetime();

/** `defaultHook` of the app: a failed validation becomes the domain's error for the mapper. */
export function refuseInvalid(result: {
  readonly success: boolean;
  readonly target: string;
  readonly error?: { readonly issues: readonly z.core.$ZodIssue[] };
}): void {
  if (!result.success) throw invalidInput(result.target as Parameters<typeof invalidInput>[0], result.error?.issues ?? []);
}
